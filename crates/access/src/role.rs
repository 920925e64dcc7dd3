//! Job roles (岗位): one a token, stable codes on the wire.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

/// A post of the duty texts, or the customer, or a machine. Staff stand first, then the customer and the machines.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum JobRole {
    /// 房地产客服专员
    CsSpecialist,
    /// 客服部经理
    CsManager,
    /// 客服主管
    CsSupervisor,
    /// 客服主任
    CsDirector,
    /// 班长
    TeamLeader,
    /// 质检员
    QualityInspector,
    /// 业务代表
    ServiceRep,
    /// 客服
    CsAgent,
    /// 客服内勤
    CsClerk,
    /// 接待人员
    Receptionist,
    /// 营销总监
    MarketingDirector,
    /// 销售经理
    SalesManager,
    /// 销售经理助理
    SalesAssistant,
    /// 销售主管
    SalesSupervisor,
    /// 置业顾问
    PropertyConsultant,
    /// 销售文秘
    SalesSecretary,
    /// 销售内业
    SalesClerk,
    /// 销售部会计
    SalesAccountant,
    /// 策划师
    MarketingPlanner,
    /// 前期部经理
    PermitsManager,
    /// 前期部专员
    PermitsSpecialist,
    /// 前期部内勤
    PermitsClerk,
    /// 资料员
    DocumentController,
    /// 财务部会签人
    FinanceOfficer,
    /// 副总经理
    DeputyGeneralManager,
    /// 总经理
    GeneralManager,
    /// 成本管理部经理
    CostManager,
    /// 成本综合管理岗
    CostGeneralOfficer,
    /// 安装成本管理岗
    CostInstallationOfficer,
    /// 成本信息管理岗
    CostInformationOfficer,
    /// 结算资料专人
    CostArchivist,
    /// 造价咨询公司
    CostConsultant,
    /// 工程部
    EngineeringOfficer,
    /// 供热客服管理部部长
    HeatingServiceManager,
    /// 供热客服中心人员
    HeatingHotlineAgent,
    /// 所/站长
    HeatingStationHead,
    /// 分公司负责人
    HeatingBranchManager,
    /// 包保责任人
    VisitOfficer,
    /// 煤质化验员
    CoalAnalyst,
    /// 化验审核人
    CoalReviewer,
    /// 采样/送样人
    CoalSampler,
    /// 稽查员
    HeatingInspector,
    /// 收费员
    HeatingFeeCollector,
    /// 公司领导
    CompanyLeader,
    /// 技术支持
    TechnicalSupport,
    /// 配件专员
    PartsClerk,
    /// 费用结算
    FeeSettlementClerk,
    /// 区域客服代表
    RegionalServiceRep,
    /// 信息管理员
    InformationOfficer,
    /// 维修组长
    RepairTeamLeader,
    /// 维修人员
    RepairTechnician,
    /// 售前客服
    PresalesAgent,
    /// 售后客服
    AftersalesAgent,
    /// 打单员
    OrderClerk,
    /// 配货员
    Picker,
    /// 送货员
    Courier,
    /// 美工
    GraphicDesigner,
    /// 收银员
    Cashier,
    /// 现金办
    CashOfficeClerk,
    /// 执行部主管
    FitoutSupervisor,
    /// 人事
    HrOfficer,
    /// 行政中心
    Administration,
    /// 董监高
    ExecutiveReader,
    /// 区域销售经理
    RegionalSalesManager,
    /// 仓库
    WarehouseKeeper,
    /// 服务台
    ServiceDesk,
    /// 维修网点
    ServiceOutlet,
    /// 系统管理员
    SystemAdmin,
    /// 客户本人
    Customer,
    /// 售楼系统接口
    SalesOfficeClient,
    /// 呼叫系统接口
    TelephoneClient,
    /// 第三方CRM、前端接口
    IntegrationClient,
}

impl JobRole {
    /// The code on the wire.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Every role.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// A machine's account: never signs, reviews, approves or confirms.
    pub fn is_client(self) -> bool {
        matches!(self, Self::SalesOfficeClient | Self::TelephoneClient | Self::IntegrationClient)
    }

    /// A person of the house: every role but the customer and the machines.
    pub fn is_staff(self) -> bool {
        self != Self::Customer && !self.is_client()
    }

    /// Sees every row whatever its unit or project.
    pub fn sees_all(self) -> bool {
        use JobRole::{CompanyLeader, DeputyGeneralManager, ExecutiveReader, GeneralManager, SystemAdmin};
        matches!(self, CompanyLeader | GeneralManager | DeputyGeneralManager | ExecutiveReader | SystemAdmin)
    }

    /// The post's name in Chinese.
    pub fn title_zh(self) -> &'static str {
        match self {
            Self::CsSpecialist => "房地产客服专员",
            Self::CsManager => "客服部经理",
            Self::CsSupervisor => "客服主管",
            Self::CsDirector => "客服主任",
            Self::TeamLeader => "班长",
            Self::QualityInspector => "质检员",
            Self::ServiceRep => "业务代表",
            Self::CsAgent => "客服",
            Self::CsClerk => "客服内勤",
            Self::Receptionist => "接待人员",
            Self::MarketingDirector => "营销总监",
            Self::SalesManager => "销售经理",
            Self::SalesAssistant => "销售经理助理",
            Self::SalesSupervisor => "销售主管",
            Self::PropertyConsultant => "置业顾问",
            Self::SalesSecretary => "销售文秘",
            Self::SalesClerk => "销售内业",
            Self::SalesAccountant => "销售部会计",
            Self::MarketingPlanner => "策划师",
            Self::PermitsManager => "前期部经理",
            Self::PermitsSpecialist => "前期部专员",
            Self::PermitsClerk => "前期部内勤",
            Self::DocumentController => "资料员",
            Self::FinanceOfficer => "财务部会签人",
            Self::DeputyGeneralManager => "副总经理",
            Self::GeneralManager => "总经理",
            Self::CostManager => "成本管理部经理",
            Self::CostGeneralOfficer => "成本综合管理岗",
            Self::CostInstallationOfficer => "安装成本管理岗",
            Self::CostInformationOfficer => "成本信息管理岗",
            Self::CostArchivist => "结算资料专人",
            Self::CostConsultant => "造价咨询公司",
            Self::EngineeringOfficer => "工程部",
            Self::HeatingServiceManager => "供热客服管理部部长",
            Self::HeatingHotlineAgent => "供热客服中心人员",
            Self::HeatingStationHead => "所/站长",
            Self::HeatingBranchManager => "分公司负责人",
            Self::VisitOfficer => "包保责任人",
            Self::CoalAnalyst => "煤质化验员",
            Self::CoalReviewer => "化验审核人",
            Self::CoalSampler => "采样/送样人",
            Self::HeatingInspector => "稽查员",
            Self::HeatingFeeCollector => "收费员",
            Self::CompanyLeader => "公司领导",
            Self::TechnicalSupport => "技术支持",
            Self::PartsClerk => "配件专员",
            Self::FeeSettlementClerk => "费用结算",
            Self::RegionalServiceRep => "区域客服代表",
            Self::InformationOfficer => "信息管理员",
            Self::RepairTeamLeader => "维修组长",
            Self::RepairTechnician => "维修人员",
            Self::PresalesAgent => "售前客服",
            Self::AftersalesAgent => "售后客服",
            Self::OrderClerk => "打单员",
            Self::Picker => "配货员",
            Self::Courier => "送货员",
            Self::GraphicDesigner => "美工",
            Self::Cashier => "收银员",
            Self::CashOfficeClerk => "现金办",
            Self::FitoutSupervisor => "执行部主管",
            Self::HrOfficer => "人事",
            Self::Administration => "行政中心",
            Self::ExecutiveReader => "董监高",
            Self::RegionalSalesManager => "区域销售经理",
            Self::WarehouseKeeper => "仓库",
            Self::ServiceDesk => "服务台",
            Self::ServiceOutlet => "维修网点",
            Self::SystemAdmin => "系统管理员",
            Self::Customer => "客户本人",
            Self::SalesOfficeClient => "售楼系统接口",
            Self::TelephoneClient => "呼叫系统接口",
            Self::IntegrationClient => "第三方CRM、前端接口",
        }
    }

    /// The post's name in English.
    pub fn title_en(self) -> &'static str {
        match self {
            Self::CsSpecialist => "customer service specialist",
            Self::CsManager => "customer service manager",
            Self::CsSupervisor => "customer service supervisor",
            Self::CsDirector => "customer service director",
            Self::TeamLeader => "team leader",
            Self::QualityInspector => "quality inspector",
            Self::ServiceRep => "service representative",
            Self::CsAgent => "customer service agent",
            Self::CsClerk => "customer service clerk",
            Self::Receptionist => "receptionist",
            Self::MarketingDirector => "marketing director",
            Self::SalesManager => "sales manager",
            Self::SalesAssistant => "sales assistant",
            Self::SalesSupervisor => "sales supervisor",
            Self::PropertyConsultant => "property consultant",
            Self::SalesSecretary => "sales secretary",
            Self::SalesClerk => "sales clerk",
            Self::SalesAccountant => "sales accountant",
            Self::MarketingPlanner => "marketing planner",
            Self::PermitsManager => "permits manager",
            Self::PermitsSpecialist => "permits specialist",
            Self::PermitsClerk => "permits clerk",
            Self::DocumentController => "document controller",
            Self::FinanceOfficer => "finance officer",
            Self::DeputyGeneralManager => "deputy general manager",
            Self::GeneralManager => "general manager",
            Self::CostManager => "cost manager",
            Self::CostGeneralOfficer => "general cost officer",
            Self::CostInstallationOfficer => "installation cost officer",
            Self::CostInformationOfficer => "cost information officer",
            Self::CostArchivist => "cost archivist",
            Self::CostConsultant => "cost consultant",
            Self::EngineeringOfficer => "engineering officer",
            Self::HeatingServiceManager => "heating service manager",
            Self::HeatingHotlineAgent => "heating hotline agent",
            Self::HeatingStationHead => "heating station head",
            Self::HeatingBranchManager => "heating branch manager",
            Self::VisitOfficer => "visit officer",
            Self::CoalAnalyst => "coal analyst",
            Self::CoalReviewer => "coal reviewer",
            Self::CoalSampler => "coal sampler",
            Self::HeatingInspector => "heating inspector",
            Self::HeatingFeeCollector => "heating fee collector",
            Self::CompanyLeader => "company leader",
            Self::TechnicalSupport => "technical support",
            Self::PartsClerk => "parts clerk",
            Self::FeeSettlementClerk => "fee settlement clerk",
            Self::RegionalServiceRep => "regional service representative",
            Self::InformationOfficer => "information officer",
            Self::RepairTeamLeader => "repair team leader",
            Self::RepairTechnician => "repair technician",
            Self::PresalesAgent => "pre-sales agent",
            Self::AftersalesAgent => "after-sales agent",
            Self::OrderClerk => "order clerk",
            Self::Picker => "picker",
            Self::Courier => "courier",
            Self::GraphicDesigner => "graphic designer",
            Self::Cashier => "cashier",
            Self::CashOfficeClerk => "cash office clerk",
            Self::FitoutSupervisor => "fit-out supervisor",
            Self::HrOfficer => "human resources officer",
            Self::Administration => "administration",
            Self::ExecutiveReader => "executive reader",
            Self::RegionalSalesManager => "regional sales manager",
            Self::WarehouseKeeper => "warehouse keeper",
            Self::ServiceDesk => "service desk",
            Self::ServiceOutlet => "service outlet",
            Self::SystemAdmin => "system administrator",
            Self::Customer => "customer",
            Self::SalesOfficeClient => "sales office system",
            Self::TelephoneClient => "telephone system",
            Self::IntegrationClient => "third-party integration",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_reads_back() {
        for role in JobRole::all() {
            let code = role.code();
            assert_eq!(code.parse::<JobRole>(), Ok(role));
            assert_eq!(role.to_string(), code);
            assert_eq!(serde_json::to_value(role).unwrap(), code);
            assert_eq!(serde_json::from_value::<JobRole>(code.into()).unwrap(), role);
        }
        assert!("case_owner".parse::<JobRole>().is_err());
        assert!("CsAgent".parse::<JobRole>().is_err());
    }

    #[test]
    fn the_posts_are_counted() {
        assert_eq!(JobRole::all().count(), 72);
        assert_eq!(JobRole::all().filter(|role| role.is_client()).count(), 3);
        assert_eq!(JobRole::all().filter(|role| role.is_staff()).count(), 68);
        assert_eq!(JobRole::all().filter(|role| role.sees_all()).count(), 5);
    }

    #[test]
    fn every_post_has_its_own_titles() {
        let unique = |title: fn(JobRole) -> &'static str| JobRole::all().map(title).collect::<HashSet<_>>().len();
        assert_eq!(unique(JobRole::title_zh), 72);
        assert_eq!(unique(JobRole::title_en), 72);
    }
}
