//! The table at the end: both sides in turns, so that a drift of the machine meets both.

use std::time::Duration;

/// How many blocks each side has.
const BLOCKS: usize = 80;
/// How much CPU one block takes at least.
const BLOCK: Duration = Duration::from_millis(20);

/// One row: what one unit of work costs on either side.
pub struct Row {
    name: &'static str,
    bare: f64,
    ours: f64,
    /// The quartiles of the ratio of neighbouring blocks.
    ratio: [f64; 3],
}

impl Row {
    /// Measures. A closure does its work so many times, and says what CPU time that took; `units` is how many calls one
    /// such work makes.
    pub fn measure(
        name: &'static str,
        units: u32,
        bare: impl Fn(u64) -> Duration,
        ours: impl Fn(u64) -> Duration,
    ) -> Self {
        let mut times = 1;
        while bare(u64::from(times)) < BLOCK {
            times *= 2;
        }
        let block = |side: &dyn Fn(u64) -> Duration| side(u64::from(times));
        let (mut bares, mut ourses) = (Vec::new(), Vec::new());
        for turn in 0..BLOCKS {
            // bare, ours, ours, bare: who comes first has no advantage.
            if turn % 2 == 0 {
                bares.push(block(&bare));
                ourses.push(block(&ours));
            } else {
                ourses.push(block(&ours));
                bares.push(block(&bare));
            }
        }
        let ratios = bares.iter().zip(&ourses).map(|(bare, ours)| ours.as_secs_f64() / bare.as_secs_f64());
        let ratio = quartiles(ratios.collect());
        let micros = |blocks: Vec<Duration>| {
            let [_, median, _] = quartiles(blocks.iter().map(Duration::as_secs_f64).collect());
            median * 1e6 / f64::from(times * units)
        };
        Self { name, bare: micros(bares), ours: micros(ourses), ratio }
    }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

/// Prints all rows.
pub fn print(rows: &[Row]) {
    println!(
        "\nCPU time of the calling process, user and system; ratio: median (quartiles) of {BLOCKS} pairs\n"
    );
    println!("| | bare, µs | credicorp, µs | credicorp / bare |\n|---|---|---|---|");
    for Row { name, bare, ours, ratio: [low, median, high] } in rows {
        println!("| {name} | {bare:.1} | {ours:.1} | {median:.3} ({low:.3} to {high:.3}) |");
    }
}
