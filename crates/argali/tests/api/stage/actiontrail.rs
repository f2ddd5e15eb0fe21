//! ActionTrail.

use super::{Params, Stage, fresh};

impl Stage<'_> {
    pub(super) fn actiontrail(&self, action: &str) -> Option<Params> {
        let bucket = || ("OssBucketName", "some-bucket".to_owned());
        Some(match action {
            "LookupEvents" | "DescribeRegions" | "DescribeTrails" => Vec::new(),
            "GetAccessKeyLastUsedInfo" => vec![self.own_key()],
            "GetAccessKeyLastUsedEvents" => vec![self.own_key(), ("ServiceName", "Ram".to_owned())],
            "CreateTrail" => {
                // An account has five at most.
                self.remove_trails();
                vec![("Name", fresh("trail-")), bucket()]
            }
            "UpdateTrail" => vec![self.trail(), ("EventRW", "All".to_owned())],
            "DeleteTrail" | "StartLogging" | "StopLogging" | "GetTrailStatus" => vec![self.trail()],
            _ => return None,
        })
    }

    pub(super) fn remove_trails(&self) {
        let made = self.call("Actiontrail", "DescribeTrails", Vec::new());
        for trail in made["TrailList"].as_array().unwrap() {
            self.call("Actiontrail", "DeleteTrail", vec![("Name", super::text(&trail["Name"]))]);
        }
    }

    fn own_key(&self) -> (&'static str, String) {
        ("AccessKey", self.owner.client.credentials().access_key_id.clone())
    }

    fn trail(&self) -> (&'static str, String) {
        let params = self.actiontrail("CreateTrail").unwrap_or_default();
        self.call("Actiontrail", "CreateTrail", params.clone());
        ("Name", params.into_iter().next().unwrap().1)
    }
}
