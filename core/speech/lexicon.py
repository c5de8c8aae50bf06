"""English word lists of the delivery figures."""

from dataclasses import dataclass

_FUNCTION_WORDS = """
a about above across after again against ago all almost along already also although always am among an and another any
anybody anyone anything are aren't around as at away back be because been before behind being below beside besides
between beyond both but by can can't cannot could couldn't did didn't do does doesn't doing don't done down during each
either else enough etc even ever every everybody everyone everything few for from get gets getting go goes going gone
got had hadn't has hasn't have haven't having he he'd he'll he's hence her here here's hers herself him himself his how
how's however i i'd i'll i'm i've if in indeed inside instead into is isn't it it'd it'll it's its itself just kind
lot lots many may maybe me might mine more most much must my myself near neither never next no nobody none nor not
nothing now of off often on once one ones only onto or other others ought our ours ourselves out outside over own
perhaps quite rather really same shall shan't she she'd she'll she's should shouldn't since so some somebody someone
something sometimes somewhere soon sort still such than that that'd that's the their theirs them themselves then there
there's therefore these they they'd they'll they're they've thing things this those though through throughout thus to
together too toward towards under unless until up upon us very was wasn't way we we'd we'll we're we've well were
weren't what what's whatever when when's where where's whereas whether which while who who's whoever whole whom whose
why will with within without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself yourselves
okay ok yeah yep nope right oh
"""


@dataclass(frozen=True, slots=True)
class LexiconParams:
    """Word lists; phrases are given as words with single spaces, all in lower case."""

    fillers: tuple[str, ...] = (
        "um", "umm", "uhm", "uh", "uhh", "er", "err", "erm", "ah", "eh", "hm", "hmm", "mm", "mhm", "uh huh",
        "you know", "i mean",
    )  # fmt: skip
    """Sounds and phrases that hold the turn."""

    fillers_between_commas: tuple[str, ...] = ("like", "well", "so", "right", "okay", "you see")
    """Fillers only when set off by commas on both sides: "it was, like, slow", but not "like a list"."""

    hedges: tuple[str, ...] = (
        "maybe", "perhaps", "probably", "possibly", "presumably", "apparently", "supposedly", "somewhat", "might",
        "could be", "may be", "i think", "i guess", "i suppose", "i believe", "i feel like", "i assume", "i would say",
        "i'd say", "sort of", "kind of", "more or less", "in a way", "not sure", "not certain", "not entirely sure",
        "if i remember", "as far as i know", "it seems", "seems like", "something like that",
    )  # fmt: skip
    """Words that soften a claim; from Hyland's list (Hedging in Scientific Research Articles, 1998), cut to speech."""

    nouns_before: frozenset[str] = frozenset(
        "a an the this that these those what which some any each every one another other different same certain "
        "all many two three new".split()
    )
    """Before "kind of" and "sort of" these make them a noun: "a kind of tree" hedges nothing."""

    corrections: tuple[str, ...] = (
        "or rather", "sorry", "scratch that", "oh wait", "let me rephrase", "let me start again", "let me start over",
        "let me correct", "what i meant", "i meant",
    )  # fmt: skip
    """What announces that something is said anew."""

    repeatable: frozenset[str] = frozenset(
        "very really so no yes far much many more long had that is in bye ha zero one two three four five six seven "
        "eight nine ten".split()
    )
    """Words that are rightly said twice in a row ("that that", "very very", digits)."""

    function_words: frozenset[str] = frozenset(_FUNCTION_WORDS.split())
    """Words that carry grammar; all others count as information words."""
