use super::*;
use crate::test_support::clock;

const LEASE: Duration = Duration::from_secs(60);

fn store(clock: &crate::ambient::Manual) -> SeenInMemory {
    SeenInMemory { ambient: Arc::new(clock.clone()), ..SeenInMemory::new() }
}

async fn claim(seen: &SeenInMemory, id: &str) -> Claim {
    seen.claim(&id.into(), LEASE).await.unwrap()
}

#[tokio::test]
async fn a_claim_is_new_once_until_it_is_done_released_or_run_out() {
    let clock = clock();
    let seen = store(&clock);
    assert_eq!(claim(&seen, "evt_1").await, Claim::New);
    assert_eq!(claim(&seen.clone(), "evt_1").await, Claim::InProgress);
    seen.release(&"evt_1".into()).await.unwrap();
    assert_eq!(claim(&seen, "evt_1").await, Claim::New);
    clock.advance(LEASE);
    assert_eq!(claim(&seen, "evt_1").await, Claim::New, "whoever had it is dead");
    seen.done(&"evt_1".into()).await.unwrap();
    assert_eq!(claim(&seen, "evt_1").await, Claim::Done);
    seen.release(&"evt_1".into()).await.unwrap();
    assert_eq!(claim(&seen, "evt_1").await, Claim::Done, "what is done stays done");
}

#[tokio::test]
async fn of_many_claims_at_one_moment_one_is_new() {
    let seen = store(&clock());
    let claims: Vec<Claim> = std::thread::scope(|scope| {
        let claim =
            || futures_util::FutureExt::now_or_never(seen.claim(&"evt_1".into(), LEASE)).unwrap().unwrap();
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(claim)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::New).count(), 1);
}

#[tokio::test]
async fn what_is_done_is_kept_longer_than_it_is_delivered() {
    let clock = clock();
    let seen = store(&clock);
    seen.done(&"evt_1".into()).await.unwrap();
    clock.advance(Duration::from_secs(73 * 3_600));
    assert_eq!(claim(&seen, "evt_1").await, Claim::Done);
    clock.advance(KEPT_FOR);
    assert_eq!(claim(&seen, "evt_2").await, Claim::New);
    assert_eq!(seen.len(), 1, "the first is forgotten");
}

#[tokio::test]
async fn a_full_store_forgets_the_oldest_that_is_done() {
    let seen = store(&clock()).keep(3);
    claim(&seen, "evt_held").await;
    for id in ["evt_1", "evt_2", "evt_3"] {
        claim(&seen, id).await;
        seen.done(&id.into()).await.unwrap();
    }
    assert_eq!(seen.len(), 3);
    assert_eq!(claim(&seen, "evt_held").await, Claim::InProgress);
    assert_eq!(claim(&seen, "evt_3").await, Claim::Done);
    assert_eq!(
        claim(&seen, "evt_1").await,
        Claim::New,
        "the oldest was forgotten, and takes the place of the next"
    );
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn it_stays_bounded_whatever_comes() {
    let clock = clock();
    let seen = store(&clock).keep(10);
    for number in 0..1_000 {
        let id = format!("evt_{}", number % 37);
        claim(&seen, &id).await;
        match number % 3 {
            0 => seen.done(&id.as_str().into()).await.unwrap(),
            1 => seen.release(&id.as_str().into()).await.unwrap(),
            _ => {}
        }
        clock.advance(Duration::from_secs(1));
        assert!(seen.len() <= 10 && seen.lock().order.len() <= 64, "{number}");
    }
}
