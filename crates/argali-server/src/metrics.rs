//! Counts and durations, in the text form that Prometheus reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use argali_core::registry::{Registered, Registry};
use argali_protocol::HttpRequest;
use hyper::StatusCode;

/// Upper ends of the duration buckets, in microseconds, with their spelling in seconds.
const BUCKETS: [(u128, &str); 12] = [
    (50, "0.00005"),
    (100, "0.0001"),
    (250, "0.00025"),
    (500, "0.0005"),
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (100_000, "0.1"),
    (1_000_000, "1"),
    (10_000_000, "10"),
];
const CLASSES: [&str; 3] = ["2xx", "4xx", "5xx"];

/// Where counts stand, by version and name.
type Places = BTreeMap<String, BTreeMap<String, usize>>;

/// What was counted since the start.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// Where each operation's counts stand, by version and name.
    places: Places,
    /// The same of data planes.
    of_data_planes: Places,
    /// The last is for requests that name no operation.
    counts: Vec<Counts>,
    /// Connections that are open.
    pub(crate) connections: AtomicUsize,
    /// Connections that were closed at once because there were too many.
    pub(crate) connections_refused: AtomicU64,
    /// TLS handshakes that came to nothing.
    pub(crate) handshakes_failed: AtomicU64,
}

#[derive(Debug)]
struct Counts {
    product: String,
    operation: String,
    classes: [AtomicU64; CLASSES.len()],
    buckets: [AtomicU64; BUCKETS.len()],
    sum_us: AtomicU64,
}

impl Counts {
    fn new(product: &str, operation: &str) -> Self {
        Self {
            product: product.to_owned(),
            operation: operation.to_owned(),
            classes: Default::default(),
            buckets: Default::default(),
            sum_us: AtomicU64::new(0),
        }
    }
}

impl Metrics {
    /// Nothing counted yet, of the operations in `registry`.
    pub(crate) fn new(registry: &Registry) -> Self {
        let mut counts = Vec::new();
        let mut place = |places: &mut Places, operation: &Registered| {
            let names = places.entry(operation.version.clone()).or_default();
            names.insert(operation.name().to_owned(), counts.len());
            counts.push(Counts::new(&operation.product, operation.name()));
        };
        let (mut places, mut of_data_planes) = (Places::new(), Places::new());
        registry.iter().for_each(|operation| place(&mut places, operation));
        registry.of_data_plane().for_each(|operation| place(&mut of_data_planes, operation));
        counts.push(Counts::new("", ""));
        Self {
            places,
            of_data_planes,
            counts,
            connections: AtomicUsize::new(0),
            connections_refused: AtomicU64::new(0),
            handshakes_failed: AtomicU64::new(0),
        }
    }

    /// The operation that a request seems to name. Only counting goes by it: how a request is run, the protocol
    /// alone decides.
    pub(crate) fn operation(&self, http: &HttpRequest<'_>) -> Option<usize> {
        let header = |name: &str| {
            let value = http.headers.iter().find(|(header, _)| *header == name)?.1;
            std::str::from_utf8(value).ok()
        };
        let query = http.target.split_once('?').map_or("", |(_, query)| query);
        let form = std::str::from_utf8(http.body).unwrap_or_default();
        let parameter = |name: &str| {
            let mut pairs = query.split('&').chain(form.split('&'));
            pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        let version = header("x-acs-version").or_else(|| parameter("Version"))?;
        let action = header("x-acs-action").or_else(|| parameter("Action"))?;
        self.places.get(version)?.get(action).copied()
    }

    /// An operation of a data plane, by its API's version and its name.
    pub(crate) fn of_data_plane(&self, version: &str, name: &str) -> Option<usize> {
        self.of_data_planes.get(version)?.get(name).copied()
    }

    /// Counts one answer.
    pub(crate) fn count(&self, operation: Option<usize>, status: StatusCode, took: Duration) {
        let counts = operation.and_then(|place| self.counts.get(place)).or_else(|| self.counts.last());
        let Some(counts) = counts else { return };
        let class = match status.as_u16() {
            ..400 => 0,
            400..500 => 1,
            _ => 2,
        };
        let took_us = took.as_micros();
        let bucket = BUCKETS.partition_point(|(end_us, _)| *end_us < took_us);
        for counter in counts.classes.get(class).into_iter().chain(counts.buckets.get(bucket)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        counts.sum_us.fetch_add(u64::try_from(took_us).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Everything as text.
    pub(crate) fn render(&self) -> String {
        let mut text = String::new();
        let mut line = |arguments: std::fmt::Arguments<'_>| _ = writeln!(text, "{arguments}");
        line(format_args!("# TYPE argali_build_info gauge"));
        line(format_args!("argali_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")));
        line(format_args!("# TYPE argali_connections gauge"));
        line(format_args!("argali_connections {}", self.connections.load(Ordering::Relaxed)));
        line(format_args!("# TYPE argali_connections_refused_total counter"));
        let refused = self.connections_refused.load(Ordering::Relaxed);
        line(format_args!("argali_connections_refused_total {refused}"));
        line(format_args!("# TYPE argali_tls_handshakes_failed_total counter"));
        let failed = self.handshakes_failed.load(Ordering::Relaxed);
        line(format_args!("argali_tls_handshakes_failed_total {failed}"));
        line(format_args!("# TYPE argali_requests_total counter"));
        for counts in &self.counts {
            for (class, counter) in CLASSES.iter().zip(&counts.classes) {
                let number = counter.load(Ordering::Relaxed);
                if number > 0 {
                    let labels = format!("{},class=\"{class}\"", counts.labels());
                    line(format_args!("argali_requests_total{{{labels}}} {number}"));
                }
            }
        }
        line(format_args!("# TYPE argali_request_duration_seconds histogram"));
        for counts in &self.counts {
            counts.histogram(&mut line);
        }
        text
    }
}

impl Counts {
    /// Names of products and operations hold letters, digits and signs that need no escaping here.
    fn labels(&self) -> String {
        format!("product=\"{}\",operation=\"{}\"", self.product, self.operation)
    }

    fn histogram(&self, line: &mut impl FnMut(std::fmt::Arguments<'_>)) {
        let all: u64 = self.classes.iter().map(|class| class.load(Ordering::Relaxed)).sum();
        if all == 0 {
            return;
        }
        let labels = self.labels();
        let mut so_far = 0;
        for ((_, end), bucket) in BUCKETS.iter().zip(&self.buckets) {
            so_far += bucket.load(Ordering::Relaxed);
            line(format_args!("argali_request_duration_seconds_bucket{{{labels},le=\"{end}\"}} {so_far}"));
        }
        // A request that is being counted may be in one number and not yet in the other.
        let all = all.max(so_far);
        line(format_args!("argali_request_duration_seconds_bucket{{{labels},le=\"+Inf\"}} {all}"));
        let sum_us = self.sum_us.load(Ordering::Relaxed);
        let (seconds, rest) = (sum_us / 1_000_000, sum_us % 1_000_000);
        line(format_args!("argali_request_duration_seconds_sum{{{labels}}} {seconds}.{rest:06}"));
        line(format_args!("argali_request_duration_seconds_count{{{labels}}} {all}"));
    }
}

#[cfg(test)]
mod tests {
    use argali_core::services::SERVICES;

    use super::*;

    fn request<'a>(target: &'a str, headers: &'a [(&'a str, &'a [u8])], body: &'a [u8]) -> HttpRequest<'a> {
        HttpRequest { method: "POST", target, headers, body }
    }

    #[test]
    fn operations_are_told_from_wherever_they_are_named() {
        let metrics = Metrics::new(&Registry::new(SERVICES));
        let v3: &[(&str, &[u8])] = &[("x-acs-action", b"GetUser"), ("x-acs-version", b"2015-05-01")];
        let place = metrics.operation(&request("/", v3, b"UserName=a"));
        assert!(place.is_some());
        assert_eq!(metrics.operation(&request("/?Action=GetUser&Version=2015-05-01", &[], b"")), place);
        assert_eq!(metrics.operation(&request("/", &[], b"Version=2015-05-01&Action=GetUser")), place);
        assert_eq!(metrics.operation(&request("/", &[], b"Version=2015-05-01&Action=Nonsense")), None);
        assert_eq!(metrics.operation(&request("/", &[], b"")), None);
    }

    #[test]
    fn answers_are_counted_by_operation_class_and_duration() {
        let metrics = Metrics::new(&Registry::new(SERVICES));
        let place = metrics.operation(&request("/?Action=GetUser&Version=2015-05-01", &[], b""));
        metrics.count(place, StatusCode::OK, Duration::from_micros(60));
        metrics.count(place, StatusCode::NOT_FOUND, Duration::from_secs(20));
        metrics.count(None, StatusCode::SERVICE_UNAVAILABLE, Duration::from_micros(50));
        let text = metrics.render();
        for expected in [
            "argali_requests_total{product=\"Ram\",operation=\"GetUser\",class=\"2xx\"} 1\n",
            "argali_requests_total{product=\"Ram\",operation=\"GetUser\",class=\"4xx\"} 1\n",
            "argali_requests_total{product=\"\",operation=\"\",class=\"5xx\"} 1\n",
            "argali_request_duration_seconds_bucket{product=\"Ram\",operation=\"GetUser\",le=\"0.00005\"} 0\n",
            "argali_request_duration_seconds_bucket{product=\"Ram\",operation=\"GetUser\",le=\"0.0001\"} 1\n",
            "argali_request_duration_seconds_bucket{product=\"Ram\",operation=\"GetUser\",le=\"10\"} 1\n",
            "argali_request_duration_seconds_bucket{product=\"Ram\",operation=\"GetUser\",le=\"+Inf\"} 2\n",
            "argali_request_duration_seconds_sum{product=\"Ram\",operation=\"GetUser\"} 20.000060\n",
            "argali_request_duration_seconds_bucket{product=\"\",operation=\"\",le=\"0.00005\"} 1\n",
        ] {
            assert!(text.contains(expected), "{expected}{text}");
        }
    }
}
