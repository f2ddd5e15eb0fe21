//! What goes wrong in any service, and how it is answered if a file names no code.

/// Declares the situations with their names in files and the answer if a file names no other.
macro_rules! situations {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $code:literal, $status:literal, $message:literal;)*) => {
        /// Something that goes wrong in any service.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Situation { $($(#[$doc])* $variant,)* }

        impl Situation {
            /// Every situation by the name that files use.
            pub const ALL: &'static [(&'static str, Situation)] = &[$(($name, Situation::$variant),)*];

            /// Code, HTTP status and message if the file names no code.
            pub fn usual(self) -> (&'static str, u16, &'static str) {
                match self { $(Self::$variant => ($code, $status, $message),)* }
            }
        }
    };
}

// SPEC: wire protocol, common error codes, resource services.
situations! {
    /// A required parameter is absent.
    MissingParameter = "missing_parameter", "MissingParameter", 400,
        "The input parameter \"{parameter}\" that is mandatory for processing this request is not supplied.";
    /// A parameter has a value that cannot be.
    InvalidParameter = "invalid_parameter", "InvalidParameter", 400,
        "The specified parameter \"{parameter}\" is not valid: {reason}.";
    /// The region does not exist.
    UnknownRegion = "unknown_region", "InvalidRegionId.NotFound", 404,
        "The region \"{value}\" does not exist.";
    /// A resource does not exist.
    NotFound = "not_found", "InvalidResource.NotFound", 404, "The resource \"{value}\" does not exist.";
    /// A resource of this name exists.
    AlreadyExists = "already_exists", "ResourceAlreadyExists", 409,
        "\"{value}\" exists already; choose another {parameter}.";
    /// An entry that is to be changed is not in the list.
    NotAttached = "not_attached", "InvalidParameter", 400,
        "\"{value}\" is not attached; attach it first.";
    /// A resource is in a state that does not admit this.
    WrongState = "wrong_state", "IncorrectStatus", 400,
        "The status of \"{value}\" is {state}, which does not support this operation.";
    /// A resource is still referred to.
    InUse = "in_use", "DependencyViolation", 400,
        "\"{value}\" is still used by \"{user}\"; delete or detach that first.";
    /// The resource group does not exist.
    UnknownGroup = "unknown_group", "InvalidResourceGroup.NotFound", 404,
        "The resource group \"{value}\" does not exist.";
    /// The parameter `ResourceType` names no type that this works on.
    UnknownType = "unknown_type", "InvalidResourceType.NotFound", 404,
        "The resource type \"{value}\" is not supported here.";
    /// A resource would have too many tags.
    TooManyTags = "too_many_tags", "QuotaExceed.Tags", 403, "A resource has at most 20 tags.";
    /// A tag's key cannot be.
    InvalidTagKey = "invalid_tag_key", "InvalidTagKey.Malformed", 400,
        "The tag key \"{value}\" is not valid: {reason}.";
    /// A tag's value cannot be.
    InvalidTagValue = "invalid_tag_value", "InvalidTagValue.Malformed", 400,
        "The tag value \"{value}\" is not valid: {reason}.";
    /// No free address is left in a block.
    NoAddress = "no_address", "QuotaExceeded.PrivateIpAddress", 400,
        "The block has no free address left.";
    /// The call was asked to change nothing and would have succeeded.
    DryRun = "dry_run", "DryRunOperation", 400,
        "The request passed all checks; nothing was changed because DryRun is set.";
}
