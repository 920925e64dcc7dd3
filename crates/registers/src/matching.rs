//! Text a caller looks for in a column: taken as it stands – `%` and `_` are themselves –, small and capital letters alike.

use sea_orm::sea_query::{ExprTrait, Func, LikeExpr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};

/// Rows whose column has the text somewhere.
pub fn contains(column: impl ColumnTrait, text: &str) -> Condition {
    like(column, &format!("%{}%", literal(text)))
}

/// Rows whose column begins with the text.
pub fn starts_with(column: impl ColumnTrait, text: &str) -> Condition {
    like(column, &format!("{}%", literal(text)))
}

/// Rows that have this code, in small or capital letters.
pub fn is_code(column: impl ColumnTrait, code: &str) -> Condition {
    let folded: SimpleExpr = ExprTrait::eq(Func::lower(column.into_expr()), code.to_lowercase());
    Condition::any().add(folded).add(ColumnTrait::eq(&column, code))
}

/// Rows whose column, a JSON array, has one of these texts, comma-separated; `before` and `after` stand around its JSON
/// form.
pub fn holds_any(column: impl ColumnTrait, texts: &str, (before, after): (&str, &str)) -> Condition {
    texts.split(',').fold(Condition::any(), |any, text| {
        let quoted = serde_json::Value::from(text).to_string();
        any.add(exactly(column, &format!("%{}%", literal(&format!("{before}{quoted}{after}")))))
    })
}

/// One database folds letters of every script and the other only Latin ones: what is written alike is found on both.
fn like(column: impl ColumnTrait, pattern: &str) -> Condition {
    let folded = Func::lower(column.into_expr());
    let folded: SimpleExpr = ExprTrait::like(folded, LikeExpr::new(pattern.to_lowercase()).escape('\\'));
    Condition::any().add(folded).add(exactly(column, pattern))
}

fn exactly(column: impl ColumnTrait, pattern: &str) -> SimpleExpr {
    ExprTrait::like(column.into_expr(), LikeExpr::new(pattern).escape('\\'))
}

fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
