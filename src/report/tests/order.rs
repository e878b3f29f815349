//! Figures do not depend on the order in which years arrive.

use super::*;

/// Sends the two years in an order and tells every figure.
async fn figures_after(order: [(&str, i64); 2]) -> Vec<String> {
    let bench = Bench::new().await;
    for (minute, (period, participants)) in (0i64..).zip(order) {
        let key = bench.key("1", period).await;
        let answers = json!({"participants": participants, "failed": 1, "explain:jump": "так и есть"});
        bench.send(&key, answers, minute).await.unwrap();
    }
    let mut figures = Vec::new();
    for period in ["2020Sep", "2021Sep"] {
        figures.extend(bench.measures(period).await);
        figures.push(format!("{:?}", bench.values(period).await));
    }
    figures
}

#[tokio::test]
async fn either_year_may_come_first() {
    let forwards = figures_after([("2020Sep", 10), ("2021Sep", 25)]).await;
    assert_eq!(figures_after([("2021Sep", 25), ("2020Sep", 10)]).await, forwards);
    assert!(forwards.contains(&"growth 15/None".to_owned()), "{forwards:?}");
}
