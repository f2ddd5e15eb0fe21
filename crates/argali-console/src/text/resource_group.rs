//! Resource groups.

texts! {
    TITLE: "Resource Groups", "资源组";
    LEDE: "A group holds resources of any service. What is granted in a group counts there alone.", "资源组可包含多种云服务的资源，在资源组内的授权仅在该组内生效。";
    CREATE: "Create Resource Group", "创建资源组";
    DISPLAY_NAME: "Display Name", "资源组名称";
    NAME: "Identifier", "资源组标识";
    NAME_HINT: "2 to 50 letters, digits and hyphens; begins with a letter, and stays", "2 至 50 个字符，以字母开头，可包含字母、数字和短横线，创建后不可修改";
    ID: "ID", "资源组 ID";
    RESOURCES: "Resources", "资源";
    WHO: "Who has permissions in it", "组内授权";
    AND_MORE: "and {0} more", "等共 {0} 个";
    CREATED: "Created", "创建时间";
    EMPTY: "There are no groups. A group gathers resources, so that permissions can count for them alone.", "暂无资源组。资源组可以汇集资源，并单独授予权限。";
    PERMISSIONS: "Permissions", "权限管理";
    RESOURCES_EMPTY: "Nothing is in this group yet. Move resources here, or choose the group when you create one.", "该资源组暂无资源，可转入资源或在创建资源时选择该组。";
    RESOURCE: "Resource", "资源 ID";
    TYPE: "Type", "资源类型";
    SERVICE: "Service", "云服务";
    REGION: "Region", "地域";
    MOVE_SELECTED: "Move to", "转移到";
    MOVE: "Move", "转移";
    MOVED: "What was moved", "转移结果";
    PERMISSIONS_EMPTY: "Nobody has been granted anything in this group alone. A grant here counts for the resources of the group, and nowhere else.", "该资源组内暂无授权。在此授予的权限仅对组内资源生效。";
    GRANT_HERE: "Grant here", "在此授权";
    GRANT_TO: "To whom", "授权对象";
    GRANT_NAME: "Name", "名称";
    CONTINUE: "Continue", "继续";
    SEARCH_IDS: "Resource ID, service or region", "资源 ID、云服务或地域";
    MOVE_SEVERAL: "Move {0} {0|resource|resources}", "转移 {0} 个资源";
    DELETE_SEVERAL: "Delete {0} resource {0|group|groups}?", "删除 {0} 个资源组？";
    DELETE_SEVERAL_WHAT: "Those that hold something stay. Grants that count in them alone go with them.", "非空的资源组会保留。仅在组内生效的授权将一并删除。";
    DELETED_SEVERAL: "Deleting {0} resource {0|group|groups}", "删除 {0} 个资源组的结果";
    DELETE_TITLE: "Delete resource group {0}?", "删除资源组 {0}？";
    DELETE_WHAT: "It must be empty. Grants that count in it alone go with it.", "资源组须为空，仅在该组内生效的授权将一并删除。";
    SERVICES: "Services", "支持的云服务";
    SERVICES_LEDE: "Which services support resource groups, and how finely policies can tell their resources apart.", "各云服务对资源组的支持情况及授权粒度。";
    SUPPORTS: "Supports resource groups", "支持资源组";
    LEVEL: "Authorization level", "授权粒度";
    LEVEL_RESOURCE: "Resource", "资源级";
    LEVEL_OPERATION: "Operation", "操作级";
    LEVEL_SERVICE: "Service", "服务级";
    CODE: "Code", "代码";
    YES: "Yes", "支持";
    NO: "No", "不支持";
}
