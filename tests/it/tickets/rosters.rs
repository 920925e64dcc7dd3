//! Stub.
pub async fn on_duty_in(_app: &crate::kit::TestApp, _month: &str) {}
