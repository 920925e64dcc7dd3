//! What the laboratory determines.

/// An item of determination (化验项目); all on the air-dried basis but the total moisture.
#[codes::code(name = "LabItem")]
pub enum Item {
    /// 全水分: % as received.
    #[code("Mt")]
    #[label("Total moisture")]
    #[sea_orm(string_value = "Mt")]
    Mt,
    /// 空气干燥基水分: %.
    #[code("Mad")]
    #[label("Moisture, air-dried")]
    #[sea_orm(string_value = "Mad")]
    Mad,
    /// 空气干燥基灰分: %.
    #[code("Aad")]
    #[label("Ash, air-dried")]
    #[sea_orm(string_value = "Aad")]
    Aad,
    /// 空气干燥基挥发分: %.
    #[code("Vad")]
    #[label("Volatile matter, air-dried")]
    #[sea_orm(string_value = "Vad")]
    Vad,
    /// 全硫: %.
    #[code("St")]
    #[label("Total sulphur")]
    #[sea_orm(string_value = "St")]
    St,
    /// 空气干燥基高位发热量: J/g.
    #[code("Qgr")]
    #[label("Gross calorific value, air-dried")]
    #[sea_orm(string_value = "Qgr")]
    Qgr,
    /// 空气干燥基氢: %.
    #[code("Had")]
    #[label("Hydrogen, air-dried")]
    #[sea_orm(string_value = "Had")]
    Had,
    /// 灰渣含碳量: % of slag or fly ash.
    #[code("C_slag")]
    #[label("Carbon in ash")]
    #[sea_orm(string_value = "C_slag")]
    CSlag,
}

impl Item {
    /// What coal is determined for.
    pub const OF_COAL: &'static [Self] = &[Self::Mt, Self::Mad, Self::Aad, Self::Vad, Self::St, Self::Qgr, Self::Had];
    /// What slag and fly ash are determined for.
    pub const OF_ASH: &'static [Self] = &[Self::Mad, Self::CSlag];

    /// The item of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|item| item.code() == code)
    }

    /// How many decimals its values have.
    pub const fn decimals(self) -> usize {
        match self {
            Self::Mt => 1,
            Self::Qgr => 0,
            _ => 2,
        }
    }
}
