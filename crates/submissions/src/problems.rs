//! Why a report is not taken, in both languages.

kernel::problems! {
    ALREADY_SUBMITTED = Conflict, "already_submitted", "该期报表已报送", "The report of this period was submitted already";
    PERIOD_NOT_OVER = Conflict, "period_not_over", "统计期尚未结束({until})", "The period is not over before {until}";
}
