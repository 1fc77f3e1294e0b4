use proptest::prelude::*;

use super::{ParsePenceError, Pence};

#[test]
fn prints_pounds_with_commas_and_pence() {
    for (pence, text) in [
        (0, "£0.00"),
        (5, "£0.05"),
        (-5, "-£0.05"),
        (99_999, "£999.99"),
        (100_000, "£1,000.00"),
        (2_500_000, "£25,000.00"),
        (-123_456_789, "-£1,234,567.89"),
        (i64::MAX, "£92,233,720,368,547,758.07"),
        (i64::MIN, "-£92,233,720,368,547,758.08"),
    ] {
        assert_eq!(Pence::new(pence).to_string(), text);
        assert_eq!(text.parse(), Ok(Pence::new(pence)));
    }
    assert_eq!(format!("{:>10}|{:<8}|", Pence::new(5), Pence::new(5)), "     £0.05|£0.05   |");
}

#[test]
fn reads_what_people_write() {
    for (text, pence) in
        [("1234", 123_400), ("1234.56", 123_456), ("1,234", 123_400), ("-12.00", -1_200), ("£0.05", 5)]
    {
        assert_eq!(text.parse(), Ok(Pence::new(pence)), "{text}");
    }
    for text in [
        "",
        "£",
        "-",
        ".",
        ".50",
        "1.",
        "1.5",
        "1.505",
        "1,23",
        "1234,567",
        ",123",
        "1,,234",
        "+1",
        "--1",
        "£-1",
        "££1",
        "1 234",
        "1e3",
        "0x1",
        "١",
        "12.+5",
        "92233720368547758.08",
        "99999999999999999999999",
    ] {
        assert_eq!(text.parse::<Pence>(), Err(ParsePenceError(())), "{text}");
    }
}

#[test]
fn arithmetic_that_does_not_fit_is_none() {
    let one = Pence::new(1);
    assert_eq!(Pence::from_pounds(i32::MIN).get(), -214_748_364_800);
    assert_eq!(Pence::from_pounds(3).checked_sub(one), Some(Pence::new(299)));
    assert_eq!(one.checked_mul(-7), Some(Pence::new(-7)));
    assert_eq!(Pence::checked_sum([one, one, Pence::ZERO]), Some(Pence::new(2)));
    assert_eq!(Pence::checked_sum([Pence::MAX, one, Pence::MIN]), None);
    assert_eq!(
        (Pence::MAX.checked_add(one), Pence::MIN.checked_sub(one), Pence::MIN.checked_mul(-1)),
        (None, None, None)
    );
    assert!(Pence::new(-1).is_negative() && !Pence::ZERO.is_negative());
}

#[test]
fn the_wire_knows_whole_numbers_only() -> Result<(), serde_json::Error> {
    assert_eq!(serde_json::to_string(&Pence::from_pounds(25_000))?, "2500000");
    assert_eq!(serde_json::from_str::<Pence>("2500000")?, Pence::from_pounds(25_000));
    for wrong in ["2500000.0", "2.5e6", "\"2500000\"", "9223372036854775808", "null"] {
        assert!(serde_json::from_str::<Pence>(wrong).is_err(), "{wrong}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(pence: i64) {
        prop_assert_eq!(Pence::new(pence).to_string().parse(), Ok(Pence::new(pence)));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[-£0-9,.]{0,12}|.*") {
        if let Ok(pence) = text.parse::<Pence>() {
            prop_assert_eq!(pence.to_string().replace(['£', ','], "").parse(), Ok(pence));
        }
    }

    #[test]
    fn sums_are_those_of_the_numbers(a: i64, b: i64) {
        prop_assert_eq!(Pence::new(a).checked_add(Pence::new(b)).map(Pence::get), a.checked_add(b));
        prop_assert_eq!(Pence::new(a).checked_sub(Pence::new(b)).map(Pence::get), a.checked_sub(b));
        prop_assert_eq!(Pence::new(a) < Pence::new(b), a < b);
    }
}
