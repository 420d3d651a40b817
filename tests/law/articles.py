"""What articles 13 to 48 of the 《信访工作条例》 ask for, in our words, and where a program can hold none or only a part
of it."""

from __future__ import annotations

from dataclasses import dataclass

FIRST, LAST = 13, 48


@dataclass(frozen=True)
class Article:
    """``left`` says what stays with people: of an article without tests, why no program can hold it."""

    number: int
    asks: str
    left: str = ""


ARTICLES = (
    Article(
        13,
        "Joint conferences (联席会议) of the district steer, coordinate and decide what bodies dispute.",
        "Who sits in them and what they decide.",
    ),
    Article(
        14,
        "The petition office accepts, forwards, assigns, coordinates, inspects, analyses and suggests; it never "
        "decides the merits.",
    ),
    Article(
        15, "Other bodies answer within their competence.", "Whether a body is competent is its judgement."
    ),
    Article(
        16,
        "Cadres are trained; there are inspectors (督查专员).",
        "Training. The role of inspector is there; who holds it is the district's.",
    ),
    Article(
        17,
        "Anybody may petition by net, letter, telephone, fax or visit: people, legal persons, organisations.",
    ),
    Article(
        18,
        "Channels, addresses, reception days and the way to ask are public; leaders receive and take cases in hand; "
        "no retaliation.",
        "Retaliation happens outside; what the program does is to tell nobody who petitioned.",
    ),
    Article(
        19,
        "Written as a rule, with name, address, request and facts; what was said is taken down faithfully; an item in "
        "hand below is not accepted above.",
        "Truthfulness.",
    ),
    Article(20, "Visits go to the level that is competent; joint visits send at most five representatives."),
    Article(21, "Every item is entered in time; the petitioner asks how it stands, and rates."),
    Article(
        22,
        "The office registers and within 15 days forwards, assigns, reports or hands over by kind.",
    ),
    Article(
        23,
        "Bodies tell in writing within 15 days; object within five working days with reasons, and keep the case until "
        "the sender agrees.",
    ),
    Article(
        24,
        "Two bodies agree, else their superior decides, else the joint conference; a body split, merged or abolished "
        "is followed by its successor.",
    ),
    Article(
        25, "Grave and urgent matters are reported at once on two lines, and measures taken.", "The measures."
    ),
    Article(
        26,
        "Six things petitioners must not do.",
        "No mark on a person and no tool to stop anybody (guardrails of the project): what happened may be noted in a "
        "record of handling, and concerns that event alone.",
    ),
    Article(
        27,
        "三到位一处理: each reasonable request is solved, each hardship helped.",
        "Persuasion and help themselves.",
    ),
    Article(28, "No passing the buck; whoever has an interest stays out (回避)."),
    Article(29, "Suggestions are studied, and the petitioner answered."),
    Article(30, "Accusations go to the competent body alone and are never disclosed to whom they concern."),
    Article(31, "Appeals go one of six ways; only the sixth ends in an opinion."),
    Article(
        32,
        "The opinion names requests, facts and reasons, decision and basis, and decides each request; what is "
        "supported is executed.",
    ),
    Article(33, "Mediation and reconciliation only by consent of both sides."),
    Article(
        34,
        "Sixty days from acceptance; once thirty more, by the head, before they are over, with the reason told.",
    ),
    Article(
        35, "Review asked within 30 days of receipt, of the body above; decided in writing within 30 days."
    ),
    Article(
        36,
        "Final review likewise, without the time of a hearing; afterwards the same facts and reasons are accepted no "
        "more.",
    ),
    Article(37, "Several ways of mediation; help, guidance and relief after the end.", "The help itself."),
    Article(38, "Special inspection of hard cases.", "What inspectors find."),
    Article(
        39,
        "Yearly assessment of bodies; 约谈, 通报, 挂牌督办, 限期整改.",
        "Assessment is of units, by people; no person is scored.",
    ),
    Article(
        40,
        "Supervision where rules are broken, work is delayed or an opinion not executed; three kinds of suggestions, answered in writing.",
    ),
    Article(
        41,
        "A yearly report with figures, forwarding, suggestions and their adoption.",
        "What else is to be reported is written by people.",
    ),
    Article(
        42, "Liability for wrong decisions that caused a matter.", "Liability is decided by people on record."
    ),
    Article(
        43,
        "Liability of the office that does not register, forward, assign or supervise.",
        "Liability; that it shows is held: nothing registered is lost, late clocks climb and stay on record.",
    ),
    Article(
        44,
        "Liability of bodies that do not register, tell late, or refuse what is theirs.",
        "Liability; that a late notice shows is held.",
    ),
    Article(
        45,
        "Liability of bodies that delay, or do not support a lawful request.",
        "Liability; that a late answer shows is held.",
    ),
    Article(
        46,
        "Liability of whoever is rude, takes gifts, conceals an urgent report, leaks an accusation.",
        "Conduct at the counter; that reports are not concealed nor accusations leaked is held.",
    ),
    Article(
        47,
        "Petitioners who break the rules are dissuaded and taught; the police act on breaches of law alone.",
        "The program has no sanction against a petitioner, and shall have none.",
    ),
    Article(48, "Foreigners and foreign organisations petition likewise."),
)
