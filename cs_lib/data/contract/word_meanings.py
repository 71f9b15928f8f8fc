"""What words in a column of scores, or of terms, usually mean."""

#: what words usually mean: of satisfaction on five steps, and of a term in months
MEANINGS: dict[str, dict[str, str]] = {
    "score": {
        **dict.fromkeys(
            ("very satisfied", "extremely satisfied", "very happy", "extremely happy", "good"), "5"
        ),
        **dict.fromkeys(("satisfied", "somewhat satisfied"), "4"),
        **dict.fromkeys(("neither satisfied nor dissatisfied", "neutral"), "3"),
        **dict.fromkeys(("dissatisfied", "somewhat dissatisfied"), "2"),
        **dict.fromkeys(
            (
                "very dissatisfied",
                "extremely dissatisfied",
                "very unhappy",
                "extremely unhappy",
                "bad",
            ),
            "1",
        ),
        **dict.fromkeys(("offered", "unoffered"), ""),
        # those of NPS: the labels give NPS as the scores do, and no mean
        **{"promoter": "9", "passive": "7", "detractor": "6"},
        **dict.fromkeys(
            ("👍", "😍", "😀", "😃", "😄", "😁", "thumbs up", "great", "excellent", "amazing"), "5"
        ),
        **dict.fromkeys(("🙂", "😊", "happy"), "4"),
        **dict.fromkeys(("😐", "okay", "ok"), "3"),
        **dict.fromkeys(("🙁", "☹️", "😕", "😞", "unhappy", "not good"), "2"),
        **dict.fromkeys(("👎", "😡", "😠", "😢", "😭", "thumbs down", "terrible", "awful"), "1"),
    },
    "interval_months": {
        **dict.fromkeys(("month", "months", "monthly", "1 month"), "1"),
        **dict.fromkeys(("2 months", "every 2 months"), "2"),
        **dict.fromkeys(("quarter", "quarters", "quarterly", "3 months"), "3"),
        **dict.fromkeys(
            (
                "half-year",
                "half-yearly",
                "semiannual",
                "semi-annual",
                "semiannually",
                "semi-annually",
                "6 months",
            ),
            "6",
        ),
        **dict.fromkeys(
            ("year", "years", "yearly", "annual", "annually", "1 year", "12 months"), "12"
        ),
        **dict.fromkeys(("biennial", "biennially", "2 years", "24 months"), "24"),
        **dict.fromkeys(("triennial", "triennially", "3 years", "36 months"), "36"),
    },
}
