//! User groups.

texts! {
    TITLE: "User Groups", "用户组";
    LEDE: "What a group may do its members may do: grant to the group, and staff changes are one click.", "成员继承用户组的权限：对用户组授权后，人员变动只需调整成员。";
    CREATE: "Create Group", "创建用户组";
    NAME: "Group Name", "用户组名称";
    NAME_MISSING: "Enter a group name.", "请填写用户组名称。";
    COMMENTS: "Comments", "备注";
    SEARCH: "Search names and texts", "搜索名称或备注";
    EMPTY: "There are no groups yet. Groups keep permissions in one place when people come and go.", "还没有用户组。使用用户组可以集中管理权限。";
    MEMBERS: "Members", "成员";
    MEMBERS_EMPTY: "Nobody is in this group yet. Whoever you add has its permissions at once.", "该用户组暂无成员。加入的用户会立即获得用户组的权限。";
    CHOOSE_MEMBER: "Choose at least one user, or write its name.", "请至少选择一个用户，或输入用户名。";
    ADD_MEMBER: "Add member", "添加成员";
    MEMBER: "User", "用户";
    JOINED: "Joined", "加入时间";
    DELETE_TITLE: "Delete group {0}?", "删除用户组 {0}？";
    DELETE_SEVERAL: "Delete {0} {0|group|groups}?", "删除 {0} 个用户组？";
    DELETED_SEVERAL: "Deleting {0} {0|group|groups}", "删除 {0} 个用户组的结果";
    EMPTY_FIRST: "Remove their members and policies first", "先移除成员并解除授权";
    EMPTY_FIRST_HINT: "A group is not deleted while it has members or policies.", "仍有成员或权限策略的用户组无法删除。";
    DELETE_WHAT: "Its members stay. Members and policies must be removed from it first.", "成员不会被删除。请先移除成员并解除授权。";
}
