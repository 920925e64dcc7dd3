//! The figures of the annual summary.

/// A figure of the annual summary (heating §8), in the order it is printed.
#[codes::code(name = "AnnualFigure")]
pub enum Key {
    /// 公开电话
    PublicPhones,
    /// 所(站)公示板
    StationBoards,
    /// 公示牌
    NoticeSigns,
    /// 发放便民服务卡
    ServiceCards,
    /// 测温用热户
    MeasuredHouseholds,
    /// 包保走访户次
    VisitHouseholdTimes,
    /// 停缓供总数
    OutagesTotal,
    /// 外因停缓供
    OutagesExternal,
    /// 内因停缓供
    OutagesInternal,
    /// 化验煤样
    CoalSamples,
    /// 化验灰渣样
    AshSamples,
    /// 新增仪器设备
    NewInstruments,
    /// 超高地下室
    BasementOverHeightCases,
    /// 超高地下室面积
    BasementOverHeightArea,
    /// 私增面积
    AreaIncreaseCases,
    /// 私增面积数
    AreaIncreaseArea,
    /// 拆改供热设施
    DemolitionCases,
    /// 赠送面积用热户
    GiftedHouseholds,
    /// 赠送面积协议
    GiftedAgreements,
    /// 清查地下室
    BasementSurveyCases,
    /// 清查地下室面积
    BasementSurveyArea,
    /// 关栓检查用热户
    ValveCheckedHouseholds,
    /// 关栓检查分公司
    BranchesChecked,
    /// 信息管理系统评标报价
    SystemBids,
    /// 跑冒漏处理时限
    LeakHours,
    /// 投诉处理时限
    ComplaintHours,
}

impl Key {
    /// What it counts in.
    pub fn unit(self) -> &'static str {
        match self {
            Self::BasementOverHeightArea | Self::AreaIncreaseArea | Self::BasementSurveyArea => "m²",
            Self::LeakHours | Self::ComplaintHours => "h",
            Self::MeasuredHouseholds
            | Self::GiftedHouseholds
            | Self::ValveCheckedHouseholds
            | Self::BasementOverHeightCases
            | Self::AreaIncreaseCases
            | Self::DemolitionCases
            | Self::BasementSurveyCases => "户",
            Self::VisitHouseholdTimes => "户次",
            Self::OutagesTotal | Self::OutagesExternal | Self::OutagesInternal => "次",
            Self::CoalSamples | Self::AshSamples => "个",
            Self::ServiceCards => "张",
            Self::StationBoards | Self::NoticeSigns => "块",
            Self::PublicPhones => "部",
            Self::NewInstruments => "台",
            Self::GiftedAgreements => "份",
            Self::BranchesChecked => "个分公司",
            Self::SystemBids => "家",
        }
    }

    /// Whether no record yields it: its figure is entered by hand (HS-R80).
    pub fn by_hand(self) -> bool {
        self == Self::SystemBids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_of_the_specification() {
        assert_eq!(Key::ALL.len(), 26);
        assert_eq!(Key::CODES.first(), Some(&"public_phones"));
        assert_eq!(Key::BasementOverHeightArea.code(), "basement_over_height_area");
        assert_eq!(Key::ValveCheckedHouseholds.labels().0, "关栓检查用热户");
        assert_eq!(Key::ALL.iter().filter(|key| key.by_hand()).count(), 1);
    }
}
