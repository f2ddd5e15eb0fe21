//! How long ago.

texts! {
    NOW: "just now", "刚刚";
    AGO: "{0} ago", "{0}前";
    AHEAD: "in {0}", "{0}后";
    MINUTES: "{0} min", "{0} 分钟";
    HOURS: "{0} h", "{0} 小时";
    DAYS: "{0} d", "{0} 天";
    MONTHS: "{0} {0|month|months}", "{0} 个月";
    YEARS: "{0} {0|year|years}", "{0} 年";
}
