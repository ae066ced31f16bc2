"""Plays codev-75 from the invitation to the PDF: a facilitator and eight participants, each in a window of their own."""

import re

import pytest
from playwright.async_api import expect

from app.main import Parts
from tests.e2e.conftest import Stage
from tests.e2e.people import DESKTOP, LAPTOP, PHONE, Cast, Person
from tests.e2e.rites import come_in, knock, plan_of, prepare, sign_in

PEOPLE = (
    ("Nadia Benali", "nadia@example.org"),
    ("Karim Haddad", "karim@example.org"),
    ("Awa Diop", "awa@example.org"),
    ("Thomas Leroy", "thomas@example.org"),
    ("Luc Petit",),
    ("Claire Fontaine", "claire@example.org"),
    ("Yasmine Amrani", "yasmine@example.org"),
    ("Maximilien-Alexandre de Montmorency-Laval", "max@example.org"),
)

TEXTS = {
    "fr": {
        "group": "Cercle Meuse",
        "subject": "Annoncer la fusion de mes deux équipes alors que rien n’est encore décidé.",
        "other": "Je n’arrive pas à dire non à mon directeur.",
        "note": "Elle parle surtout de ce qu’elle ne sait pas encore",
        "question": "Qu’est-ce qui changerait pour vous si l’annonce se passait bien ?",
        "request": "J’aimerais que vous m’aidiez à annoncer la fusion sans promettre ce que je ne peux pas tenir, avec des idées et vos expériences.",
        "idea-karim": "Dire d’abord ce qui est décidé, ce qui ne l’est pas, et quand on saura.",
        "idea-awa": "Recevoir chaque personne dix minutes avant la réunion plénière.",
        "idea-luc": "Laisser un tableau de questions ouvert, et y répondre chaque vendredi.",
        "action": "Écrire les trois colonnes : décidé, pas décidé, quand",
        "first": "Bloquer une heure demain matin",
        "whom": "Awa",
        "learning": "Je veux tout savoir avant de parler. Ce n’est pas nécessaire.",
    },
    "en": {
        "group": "Meuse circle",
        "subject": "Announcing the merger of my two teams while nothing is decided yet.",
        "other": "I cannot say no to my director.",
        "note": "She mostly talks about what she does not know yet",
        "question": "What would change for you if the announcement went well?",
        "request": "I would like you to help me announce the merger without promising what I cannot keep, with ideas and your experience.",
        "idea-karim": "Say first what is decided, what is not, and when we will know.",
        "idea-awa": "See each person for ten minutes before the plenary meeting.",
        "idea-luc": "Keep a board of questions open, and answer it every Friday.",
        "action": "Write the three columns: decided, not decided, when",
        "first": "Block one hour tomorrow morning",
        "whom": "Awa",
        "learning": "I want to know everything before I speak. That is not needed.",
    },
}


class Story:
    """One playing of codev-75: who is there, and what they say."""

    def __init__(self, cast: Cast, parts: Parts) -> None:
        """Take the cast and the words of the story."""
        self.cast, self.parts, self.texts = cast, parts, TEXTS[cast.lang]
        self.words = cast.words
        self.titles: dict[str, str] = {}

    async def arrive(self) -> None:
        """Come from invitation to table, everybody by their own link."""
        cast = self.cast
        protocol = await self.parts.protocols.find("codev-75")
        assert protocol is not None
        self.titles = {each.id: each.title[cast.lang] for each in protocol.phases()}
        self.host = await cast.enter("Hélène Roy", DESKTOP, permissions=["clipboard-read", "clipboard-write"])
        await sign_in(cast, self.parts, self.host, "helene@example.org")
        links = await prepare(
            cast, self.host, PEOPLE, self.texts["group"], "13:20", trace="client+learnings", client="-"
        )
        await self.host.button("Link of %(name)s", name="Nadia Benali").first.click()
        copied = await self.host.page.evaluate("navigator.clipboard.readText()")
        assert copied == links["Nadia Benali"]
        looks = {
            "Nadia Benali": (DESKTOP, {}),
            "Karim Haddad": (PHONE, {}),
            "Awa Diop": (DESKTOP, {"color_scheme": "dark"}),
        }
        for name, *_address in PEOPLE:
            viewport, options = looks.get(name, (LAPTOP, {}))
            await knock(await cast.enter(name, viewport, **options), links[name])
        self.nadia, self.karim, self.awa, self.thomas, self.luc, *_others = self.guests
        await expect(self.nadia.page.get_by_role("button", name=re.compile(":05|h.05"))).to_be_disabled()
        await cast.shot(self.nadia, "door-early")
        await cast.later(minutes=9)
        for guest in self.guests:
            await come_in(guest)
            if guest is self.nadia:
                await self.host.link("Open the console").click()
                await cast.shot(guest, "room-alone")
                await cast.shot(self.host, "console-waiting")
        await cast.later(minutes=10)

    @property
    def guests(self) -> list[Person]:
        """Everybody but the facilitator."""
        return self.cast.people[1:]

    async def everyone_reaches(self, phase: str) -> None:
        """Wait until the phase stands in the middle of every table."""
        for person in self.cast.people:
            await expect(person.page.get_by_role("heading", level=1)).to_contain_text(self.titles[phase])

    async def go_on(self, phase: str) -> None:
        """Press the button named after the next phase, and see everyone follow."""
        await self.host.page.get_by_role("button", name=self.titles[phase].split(",")[0], exact=True).click()
        await self.everyone_reaches(phase)


@pytest.mark.xdist_group("stories")
@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_group_plays_codev_75_from_the_invitation_to_the_pdf(
    lang: str, stage: Stage, parts: Parts
) -> None:
    async with stage("codev75", lang) as cast:
        story = Story(cast, parts)
        await story.arrive()
        await opening(story)
        await choosing(story)
        await presentation(story)
        await clarification(story)
        await contract(story)
        await consultation(story)
        await synthesis(story)
        await learnings(story)
        await after(story)


async def opening(story: Story) -> None:
    host, cast, nadia = story.host, story.cast, story.nadia
    await host.press("Begin")
    await story.everyone_reaches("opening")
    await cast.shot(host, "console-opening")
    await host.press("Start a round of all")
    await nadia.reads("You have the floor. Take your time.")
    await nadia.press("I have finished")
    await cast.later(minutes=7)


async def choosing(story: Story) -> None:
    """Two subjects, a sign of interest, the facilitator's choice; and a step too early, taken back."""
    host, cast, nadia, karim = story.host, story.cast, story.nadia, story.karim
    await story.go_on("subject")
    for person, text in ((nadia, "subject"), (karim, "other")):
        await person.open_notebook()
        await person.fill("My subject, in one or two sentences", story.texts[text])
        await person.press("Propose this subject")
        await person.sees(story.texts[text])
    await karim.press("Speaks to me")
    await cast.shot(karim, "subjects-phone")
    await karim.close_notebook()
    await host.press("Choose somebody else")
    await host.sees(story.texts["subject"])
    await cast.shot(host, "console-subjects")
    await host.press("Choose {name}", name=nadia.name)
    await expect(nadia.page.locator("[data-person].me")).to_contain_text(story.words("client"))
    await cast.later(minutes=4)
    await story.go_on("expose")
    await host.page.keyboard.press("u")
    await story.everyone_reaches("subject")
    await story.go_on("expose")


async def presentation(story: Story) -> None:
    """Nobody is cut off; a reload keeps the screen and half a sentence."""
    host, cast, nadia, karim, awa = story.host, story.cast, story.nadia, story.karim, story.awa
    await host.press("Two minutes more")
    await expect(host.page.get_by_role("timer")).to_contain_text(story.words("left of {n} min", n=7))
    await cast.shot(nadia, "expose-client")
    await cast.shot(awa, "expose-consultant-dark")
    await karim.open_notebook()
    await karim.field("My notes").fill(story.texts["note"])
    await karim.page.reload()
    await story.everyone_reaches("expose")
    await karim.open_notebook()
    await expect(karim.field("My notes")).to_have_value(story.texts["note"])
    await cast.shot(karim, "expose-notebook-phone")
    await karim.close_notebook()
    await cast.later(minutes=6, seconds=20)
    await karim.reads("last minute")
    await cast.shot(karim, "expose-last-minute-phone")
    await cast.later(minutes=3)
    await karim.reads("a little more time")
    await expect(host.page.get_by_role("timer")).to_contain_text(re.compile(r"\+2:\d\d"))
    await story.everyone_reaches("expose")
    await cast.shot(host, "console-overtime")
    await cast.shot(nadia, "expose-overtime-client")


async def clarification(story: Story) -> None:
    """Hands keep their order; the floor is given and handed back; a question comes in writing."""
    host, cast, nadia, karim, awa, luc = (
        story.host,
        story.cast,
        story.nadia,
        story.karim,
        story.awa,
        story.luc,
    )
    await story.go_on("clarification")
    await awa.press("Ask for the floor")
    await awa.button("Lower my hand").wait_for()
    await luc.press("Ask for the floor")
    await host.button("Give the floor to {name}", name=luc.name).wait_for()
    await cast.shot(host, "console-hands")
    await host.press("Give the floor to {name}", name=awa.name)
    await awa.reads("You have the floor. Take your time.")
    await cast.shot(awa, "clarification-floor-dark")
    await awa.press("I have finished")
    await karim.open_notebook()
    await karim.field("One short, open question").fill(story.texts["question"])
    await karim.press("Ask it")
    await nadia.open_notebook()
    await nadia.sees(story.texts["question"])
    await karim.close_notebook()
    await host.press("Pause")
    await nadia.reads("paused")
    await host.press("Resume")
    await cast.later(minutes=19)


async def contract(story: Story) -> None:
    """One sentence, which both sides accept before anybody may go on."""
    host, cast, nadia = story.host, story.cast, story.nadia
    await story.go_on("contract")
    await nadia.open_notebook()
    await nadia.fill("In one sentence: I would like you to help me…", story.texts["request"])
    await host.sees(story.texts["request"])
    await cast.shot(host, "console-contract")
    await host.page.get_by_role("button", name=story.titles["consultation"], exact=True).click(force=True)
    await story.everyone_reaches("contract")
    await nadia.press("This is my request")
    await host.press("Accept for the consultants")
    await expect(host.button("Accept for the consultants")).to_have_count(0)
    await cast.shot(nadia, "contract-client")
    await cast.later(minutes=4)


async def consultation(story: Story) -> None:
    """Ideas for the client alone; being late has three ways out, and the learnings keep their minutes."""
    host, cast = story.host, story.cast
    await story.go_on("consultation")
    for person in (story.karim, story.awa, story.luc):
        await person.open_notebook()
        await person.field("One idea at a time").fill(story.texts[f"idea-{person.first.lower()}"])
        await person.press("Offer it")
        await expect(person.field("One idea at a time")).to_have_value("")
    await cast.shot(story.awa, "consultation-dark")
    await story.karim.close_notebook()
    await cast.shot(story.karim, "consultation-phone")
    await cast.shot(story.nadia, "consultation-client")
    await cast.later(minutes=10)
    await host.page.locator(".ways button").first.wait_for()
    await cast.shot(host, "console-late")
    await host.press("Borrow from the consultation")
    await expect(host.page.locator(".ways")).to_have_count(0)
    await cast.later(minutes=7)


async def synthesis(story: Story) -> None:
    """The client sorts in silence and writes a first step while the others write what they learned."""
    host, cast, nadia, karim, texts = story.host, story.cast, story.nadia, story.karim, story.texts
    await story.go_on("synthesis-silence")
    for idea in ("idea-karim", "idea-luc"):
        await nadia.page.get_by_role("listitem").filter(has_text=texts[idea]).get_by_role("button").click()
    await expect(nadia.page.locator(".ideas [aria-pressed=true]")).to_have_count(2)
    for name in (karim.name, story.luc.name):
        await expect(nadia.page.locator(".ideas")).not_to_contain_text(name.split()[0])
    await nadia.fill("What?", texts["action"])
    await nadia.fill("The very first move, within two days", texts["first"])
    await nadia.fill("With whom?", texts["whom"])
    await cast.shot(nadia, "client-desk")
    await karim.fill("Learnings", texts["learning"])
    await cast.shot(karim, "learnings-desk-phone")
    await cast.shot(story.awa, "learnings-desk-dark")
    await nadia.page.reload()
    await expect(nadia.field("What?").first).to_have_value(texts["action"])
    await nadia.press("I have finished sorting")
    await expect(host.page.locator(".seen")).to_contain_text(nadia.name)
    await cast.shot(host, "console-silence")
    await cast.later(minutes=3)
    await story.go_on("synthesis")
    await cast.shot(story.thomas, "synthesis")
    await cast.later(minutes=5)


async def learnings(story: Story) -> None:
    host, cast, karim = story.host, story.cast, story.karim
    await story.go_on("learnings")
    await karim.open_notebook()
    written = karim.page.get_by_label(story.words("Learnings"), exact=True)
    await expect(written).to_have_value(story.texts["learning"])
    await cast.shot(karim, "learnings-phone")
    await cast.shot(host, "console-learnings")
    await cast.later(minutes=8)
    await host.page.get_by_role("main").get_by_role("button", name=story.words("End the session")).click()
    await host.page.get_by_role("dialog").get_by_role("button", name=story.words("End the session")).click()
    await host.reads("The session is over")
    await cast.shot(host, "console-over")
    await cast.shot(story.awa, "room-over-dark")


async def after(story: Story) -> None:
    """The client has a plan and its PDF, the others their own sheet; ten minutes later the rest is gone."""
    cast, nadia, karim, texts = story.cast, story.nadia, story.karim, story.texts
    await nadia.link("Go to my page").click()
    await nadia.sees(texts["action"])
    await cast.shot(nadia, "after-client")
    await karim.close_notebook()
    await karim.link("Go to my page").click()
    await expect(karim.page.get_by_text(texts["learning"]).first).to_be_visible()
    await expect(karim.page.get_by_text(texts["request"])).to_have_count(0)
    await cast.shot(karim, "after-consultant-phone")
    check_plan(story, await plan_of(nadia, cast.folder / "plan.pdf"))
    await cast.later(minutes=11)
    await nadia.page.reload()
    await nadia.sees(texts["action"])
    await cast.shot(nadia, "after-client-kept")
    check_plan(story, await plan_of(nadia, cast.folder / "plan-kept.pdf"))


def check_plan(story: Story, plan: str) -> None:
    """Fail unless the plan holds the request, the step and what the client kept, and nothing of anybody else."""
    for wanted in ("request", "action", "first", "whom", "idea-karim", "idea-luc"):
        assert story.texts[wanted] in plan, plan
    assert story.texts["idea-awa"] not in plan
    assert story.karim.name not in plan
