//! What people report, and what came of it.

use super::super::desk::Solved;

/// A report and its solution.
#[derive(Clone, Copy, Debug)]
pub(super) struct Report {
    pub kind: &'static str,
    pub category: &'static str,
    pub place: &'static str,
    pub text: &'static str,
    pub solved: Solved,
}

impl Report {
    /// Whether it can be answered at once.
    pub fn is_simple(&self) -> bool {
        matches!(self.kind, "consultation" | "suggestion")
    }
}

const fn of(
    [kind, category, place]: [&'static str; 3],
    text: &'static str,
    solution: &'static str,
    cause: &'static str,
) -> Report {
    Report { kind, category, place, text, solved: Solved { text: solution, cause, delay: None } }
}

/// Every kind and every category.
pub(super) const REPORTS: [Report; 37] = [
    of(
        ["repair", "heating.leak", "unit"],
        "客厅暖气片接头喷水,地板已经泡了,请马上来人",
        "关闭入户阀并更换接头密封件,试压无渗漏",
        "valve_failure",
    ),
    of(
        ["consultation", "heating.fee", "unit"],
        "咨询今年采暖费缴费截止日期和优惠办法",
        "已告知缴费时间、方式和优惠办法",
        "information_request",
    ),
    of(
        ["complaint", "property_service", "project_common"],
        "小区北门保安夜间无人值守,外来车辆随意进出",
        "物业已补足夜班岗位并加装道闸识别",
        "staff_service",
    ),
    of(
        ["repair", "house_quality.door_window", "unit"],
        "主卧窗户关不严,夜里漏风",
        "更换窗扇胶条并调整五金件,关闭严密",
        "material",
    ),
    of(
        ["consultation", "payment", "none"],
        "咨询公积金贷款放款后尾款怎样开票",
        "已说明开票流程和所需资料",
        "information_request",
    ),
    of(
        ["application", "title", "unit"],
        "申请查询不动产权证办理进度",
        "已查询并告知受理进度和领证时间",
        "information_request",
    ),
    of(
        ["repair", "house_quality.plumbing", "unit"],
        "厨房下水管堵塞返水,地面有污水",
        "疏通立管并更换变形弯头,试水通畅",
        "misuse",
    ),
    of(
        ["complaint", "heating.room_temperature", "unit"],
        "室内温度只有十六度,家里有老人孩子",
        "清洗过滤网并调整分支流量,复测二十度",
        "hydraulic_imbalance",
    ),
    of(
        ["suggestion", "planning_design", "project_common"],
        "建议在儿童乐园旁增设座椅和遮阳棚",
        "建议已采纳,列入明年景观提升计划",
        "design",
    ),
    of(
        ["consultation", "contract", "none"],
        "咨询购房合同遗失怎样补办复印件",
        "已告知携带证件到档案室办理复印盖章",
        "information_request",
    ),
    of(
        ["repair", "house_quality.electrical", "unit"],
        "厨房插座没有电,空气开关反复跳闸",
        "更换受潮插座和断路器,通电正常",
        "wear",
    ),
    of(
        ["consultation", "sales", "none"],
        "咨询三期车位什么时候开始选购",
        "已告知车位推出计划和登记办法",
        "information_request",
    ),
    of(
        ["complaint", "staff_conduct", "none"],
        "反映售楼处工作人员态度生硬,多次推诿",
        "已批评教育当事人并由主管上门致歉",
        "staff_service",
    ),
    of(
        ["application", "heating.suspension", "unit"],
        "房屋长期空置,申请办理停止供热",
        "已核实空置情况并受理停供手续",
        "information_request",
    ),
    of(
        ["repair", "house_quality.water_leak", "unit"],
        "卫生间顶板渗水,楼上说没有用水",
        "楼上卫生间地漏周边重做防水,闭水试验合格",
        "construction_defect",
    ),
    of(
        ["consultation", "title", "unit"],
        "咨询办理不动产权证需要准备哪些资料",
        "已逐项说明资料清单和办理地点",
        "information_request",
    ),
    of(
        ["complaint", "house_quality.waterproofing", "unit"],
        "飘窗下沿雨后渗水,报过一次没有修好",
        "外墙重新打胶并做淋水试验,无渗漏",
        "construction_defect",
    ),
    of(
        ["suggestion", "property_service", "project_common"],
        "建议快递柜移到北门,方便老人取件",
        "已与物业商定调整快递柜位置",
        "process",
    ),
    of(
        ["repair", "house_quality.wall", "unit"],
        "客厅墙面开裂,裂缝有一米多长",
        "铲除空鼓层重新抹灰贴网,墙面恢复",
        "material",
    ),
    of(
        ["consultation", "heating.suspension", "unit"],
        "咨询停供后重新开通怎样收费",
        "已说明恢复用热的申请时间和费用",
        "information_request",
    ),
    of(["repair", "fitout_quality", "unit"], "精装橱柜门板变形,抽屉拉不动", "更换门板和滑轨,开合顺畅", "material"),
    of(
        ["complaint", "payment", "none"],
        "按揭放款后仍收到催款短信,要求说明",
        "财务核销后停止催款并致歉说明",
        "process",
    ),
    of(
        ["consultation", "goods", "none"],
        "咨询入户过滤器滤芯多久更换一次",
        "已说明更换周期和购买方式",
        "information_request",
    ),
    of(
        ["repair", "heating.room_temperature", "unit"],
        "卧室暖气一组不热,放气后还是凉",
        "排除气堵并更换自动排气阀,散热正常",
        "equipment_failure",
    ),
    of(
        ["application", "contract", "none"],
        "申请变更购房合同上的联系地址",
        "已核验身份并更新合同联系地址",
        "information_request",
    ),
    of(
        ["complaint", "house_quality.structure", "building_common"],
        "单元入口台阶下沉,老人进出容易绊倒",
        "台阶基层夯实重做,面层平整",
        "construction_defect",
    ),
    of(
        ["consultation", "other", "none"],
        "咨询装修垃圾清运时间和堆放地点",
        "已告知清运时间和指定堆放点",
        "information_request",
    ),
    of(["repair", "goods", "unit"], "随房赠送的净水器漏水,龙头关不住", "更换进水接头和阀芯,使用正常", "material"),
    of(
        ["suggestion", "heating.other", "station_area"],
        "建议换热站外墙增设值班电话公示牌",
        "站点已安装值班电话公示牌",
        "process",
    ),
    of(
        ["complaint", "heating.fee", "unit"],
        "热费账单面积与产权证不一致,要求更正",
        "核对产权证后更正计费面积并重开账单",
        "process",
    ),
    of(
        ["consultation", "property_service", "unit"],
        "咨询地下车库月卡怎样办理",
        "已告知办理地点、资料和收费标准",
        "information_request",
    ),
    of(
        ["repair", "house_quality", "building_common"],
        "单元门禁对讲没有声音,门锁吸合不牢",
        "更换对讲主板和闭门器,开闭正常",
        "equipment_failure",
    ),
    of(
        ["application", "other", "none"],
        "申请在楼道公共区域临时存放装修材料",
        "已批准存放三天并明确消防要求",
        "information_request",
    ),
    of(
        ["complaint", "sales", "none"],
        "反映样板间展示的赠送面积与交付不符",
        "经核对合同附图后说明并退还差额",
        "misunderstanding",
    ),
    of(
        ["consultation", "heating", "none"],
        "咨询今年供热开始和结束的日期",
        "已告知采暖期起止日期和报修电话",
        "information_request",
    ),
    of(
        ["complaint", "fitout_quality", "unit"],
        "精装地板起拱,走动有响声",
        "拆除起拱部位重新铺装并留伸缩缝",
        "construction_defect",
    ),
    of(["suggestion", "goods", "none"], "建议配件商店增加周末取货时段", "周末上午增设取货时段", "process"),
];

/// Severity, and what is reported: these go to the manager before they are answered.
pub(super) const GRAVE: [(&str, Report); 5] = [
    (
        "serious",
        of(
            ["complaint", "house_quality.waterproofing", "unit"],
            "地下室外墙大面积渗漏,装修已经毁损,要求赔偿",
            "外墙注浆止水并修复装修,按协议补偿",
            "construction_defect",
        ),
    ),
    (
        "serious",
        of(
            ["complaint", "house_quality.water_leak", "unit"],
            "楼上爆管泡坏全屋地板和柜体,要求先行赔付",
            "更换爆裂管件并修复地板,按协议补偿",
            "material",
        ),
    ),
    (
        "serious",
        of(
            ["complaint", "staff_conduct", "none"],
            "反映装修监管人员收取好处费,要求严肃处理",
            "当事人调离岗位,款项退还,已书面答复",
            "staff_service",
        ),
    ),
    (
        "major",
        of(
            ["complaint", "house_quality.structure", "building_common"],
            "外墙保温层脱落砸坏两辆汽车,多户联名投诉",
            "排查加固全部外墙保温层,车主损失已赔付",
            "construction_defect",
        ),
    ),
    (
        "serious",
        of(
            ["complaint", "planning_design", "project_common"],
            "消防通道被改为停车位,业主联名要求恢复",
            "停车位已撤除,消防通道恢复并划线公示",
            "design",
        ),
    ),
];
