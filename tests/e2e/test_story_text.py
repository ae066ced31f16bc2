"""Plays codev-75 wholly in writing, from the first hello to the PDF, in browsers that carry no sound and no picture."""

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
    ("Luc Petit", "luc@example.org"),
)
SILENT = "delete window.RTCPeerConnection; delete window.MediaStream;"
"""What an old or locked-down browser is: no sound, no picture, and everything else."""

TEXTS = {
    "fr": {
        "group": "Cercle Meuse",
        "hello": "Bonjour à tous. Je vous lis sans vous entendre, et cela ira très bien.",
        "arrive": "J’arrive d’un conseil qui a duré trop longtemps, et contente d’être ici.",
        "subject": "Annoncer la fusion de mes deux équipes alors que rien n’est encore décidé.",
        "story-1": "Depuis mars, je sais que mes deux équipes n’en feront qu’une. Je n’ai pas le droit de le dire avant juin.",
        "story-2": "Hier, quelqu’un m’a demandé en réunion si c’était vrai. J’ai répondu à côté. Depuis, plus personne ne me pose de question.",
        "question": "Qu’est-ce qui changerait pour vous si l’annonce se passait bien ?",
        "answer": "Je pourrais de nouveau les regarder en face le lundi matin.",
        "question-2": "Qu’avez-vous le droit de dire aujourd’hui ?",
        "request": "J’aimerais que vous m’aidiez à annoncer la fusion sans promettre ce que je ne peux pas tenir.",
        "idea-karim": "Dire d’abord ce qui est décidé, ce qui ne l’est pas, et quand on saura.",
        "idea-awa": "Recevoir chaque personne dix minutes avant la réunion plénière.",
        "idea-luc": "Laisser un tableau de questions ouvert, et y répondre chaque vendredi.",
        "action": "Écrire les trois colonnes : décidé, pas décidé, quand",
        "keeps": "Je garde les trois colonnes. Je les écris demain matin, et je les montre d’abord à Awa.",
        "learning": "Je veux tout savoir avant de parler. Ce n’est pas nécessaire.",
    },
    "en": {
        "group": "Meuse circle",
        "hello": "Good afternoon. I read you without hearing you, and that will do very well.",
        "arrive": "I come from a board meeting that lasted too long, and I am glad to be here.",
        "subject": "Announcing the merger of my two teams while nothing is decided yet.",
        "story-1": "Since March I have known that my two teams will become one. I may not say so before June.",
        "story-2": "Yesterday somebody asked me in a meeting whether it was true. I dodged. Since then nobody asks me anything.",
        "question": "What would change for you if the announcement went well?",
        "answer": "I could look them in the eye again on Monday morning.",
        "question-2": "What may you say today?",
        "request": "I would like you to help me announce the merger without promising what I cannot keep.",
        "idea-karim": "Say first what is decided, what is not, and when we will know.",
        "idea-awa": "See each person for ten minutes before the plenary meeting.",
        "idea-luc": "Keep a board of questions open, and answer it every Friday.",
        "action": "Write the three columns: decided, not decided, when",
        "keeps": "I keep the three columns. I write them tomorrow morning, and show them to Awa first.",
        "learning": "I want to know everything before I speak. That is not needed.",
    },
}


class Writers:
    """One playing of codev-75 in writing: who is there, and what they say."""

    def __init__(self, cast: Cast, parts: Parts) -> None:
        """Take the cast and the words of the story."""
        self.cast, self.parts, self.texts = cast, parts, TEXTS[cast.lang]
        self.titles: dict[str, str] = {}

    async def arrive(self) -> None:
        """Come to the table, everybody in a browser without sound; the facilitator chooses writing for all."""
        cast = self.cast
        protocol = await self.parts.protocols.find("codev-75")
        assert protocol is not None
        self.titles = {phase.id: phase.title[cast.lang] for phase in protocol.phases()}
        self.host = await cast.enter("Hélène Roy", DESKTOP)
        await self.host.context.add_init_script(SILENT)
        await sign_in(cast, self.parts, self.host, "helene@example.org")
        links = await prepare(
            cast, self.host, PEOPLE, self.texts["group"], "13:20", trace="client+learnings", client="-"
        )
        looks = {"Karim Haddad": (PHONE, {}), "Awa Diop": (DESKTOP, {"color_scheme": "dark"})}
        for name, *_address in PEOPLE:
            viewport, options = looks.get(name, (LAPTOP, {}))
            guest = await cast.enter(name, viewport, **options)
            await guest.context.add_init_script(SILENT)
            await knock(guest, links[name])
        self.nadia, self.karim, self.awa, self.luc = cast.people[1:]
        await cast.later(minutes=9)
        for guest in cast.people[1:]:
            await come_in(guest)
        await self.host.link("Open the console").click()
        await self.host.page.locator(".rungs summary").click()
        await self.host.press("writing")
        await self.host.reads("This way was chosen: Ronde offers no better one by itself.")
        await self.karim.reads("Say hello in writing while the others arrive.")
        await self.say(self.karim, "hello")
        await self.nadia.sees(self.texts["hello"])
        await self.everybody("hello")
        await cast.later(minutes=11)

    async def say(self, person: Person, text: str) -> None:
        """Write and send, and see one's words among what was said."""
        button = re.compile(
            "|".join(self.cast.words(each) for each in ("Send my words", "Ask it", "Answer", "Offer it"))
        )
        await person.page.locator("#speech").fill(self.texts[text])
        await person.page.locator(".compose").get_by_role("button", name=button).click()
        await expect(person.page.get_by_role("log")).to_contain_text(self.texts[text])

    async def everybody(self, name: str) -> None:
        """Keep a picture of what each person sees."""
        for person in self.cast.people:
            await self.cast.shot(person, f"{name}-{person.first}")

    async def go_on(self, phase: str) -> None:
        """Press the button named after the next phase, and see everyone follow."""
        await self.host.page.get_by_role("button", name=self.titles[phase].split(",")[0], exact=True).click()
        for person in self.cast.people:
            await expect(person.page.get_by_role("heading", level=1)).to_contain_text(self.titles[phase])


@pytest.mark.xdist_group("stories")
@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_group_without_sound_plays_codev_75_in_writing_to_the_pdf(
    lang: str, stage: Stage, parts: Parts
) -> None:
    async with stage("text", lang) as cast:
        story = Writers(cast, parts)
        await story.arrive()
        await opening(story)
        await presentation(story)
        await clarification(story)
        await contract(story)
        await consultation(story)
        await synthesis(story)
        await learnings(story)


async def opening(story: Writers) -> None:
    """The round begins by itself and goes on by itself."""
    host, cast = story.host, story.cast
    await host.press("Begin")
    await story.nadia.reads("It is your turn. The floor goes on by itself when you have sent your words.")
    await story.karim.sees(cast.words("{name} writes. Read; nothing to do.", name="Nadia"))
    await story.karim.page.locator("#speech").fill(story.texts["arrive"])
    await story.everybody("opening")
    for person in (story.nadia, story.karim, story.awa, story.luc):
        await story.say(person, "arrive")
    await story.luc.reads("Everybody has spoken. You may add a word.")
    await cast.later(minutes=8)
    await story.go_on("subject")
    await story.nadia.fill("My subject, in one or two sentences", story.texts["subject"])
    await story.nadia.press("Propose this subject")
    await host.sees(story.texts["subject"])
    await story.everybody("subject")
    await host.press("Choose somebody else")
    await host.press("Choose {name}", name=story.nadia.name)
    await expect(story.karim.page.locator(".seat.is-client")).to_be_attached()
    await cast.later(minutes=5)


async def presentation(story: Writers) -> None:
    """The client tells their story at length; the others read."""
    await story.go_on("expose")
    await story.say(story.nadia, "story-1")
    await story.say(story.nadia, "story-2")
    await story.luc.sees(story.texts["story-2"])
    await expect(story.luc.page.locator("#speech")).to_have_count(0)
    await story.everybody("expose")
    await story.cast.later(minutes=5)


async def clarification(story: Writers) -> None:
    """One question at a time: whoever is next prepares theirs meanwhile."""
    await story.go_on("clarification")
    await story.everybody("clarification")
    await story.say(story.karim, "question")
    await story.nadia.reads("Answer as you wish; you may also pass.")
    await story.awa.press("Ask for the floor")
    await story.awa.page.locator("#speech").fill(story.texts["question-2"])
    await story.everybody("asked")
    await story.say(story.nadia, "answer")
    await story.awa.reads("It is your turn to ask: one short question.")
    await story.say(story.awa, "question-2")
    await story.nadia.press("Pass")
    await story.luc.reads("It is your turn to ask: one short question.")
    await story.cast.later(minutes=15)


async def contract(story: Writers) -> None:
    """One sentence, which both sides accept."""
    host, nadia = story.host, story.nadia
    await story.go_on("contract")
    await nadia.fill("In one sentence: I would like you to help me…", story.texts["request"])
    await host.sees(story.texts["request"])
    await nadia.press("This is my request")
    await story.everybody("contract")
    await host.press("Accept for the consultants")
    await expect(host.button("Accept for the consultants")).to_have_count(0)
    await story.cast.later(minutes=5)


async def consultation(story: Writers) -> None:
    """Ideas are written at the same time and shown together; the client keeps what serves."""
    await story.go_on("consultation")
    for person in (story.karim, story.awa):
        await story.say(person, f"idea-{person.first.lower()}")
    await expect(story.nadia.page.get_by_text(story.texts["idea-karim"])).to_have_count(0)
    await story.everybody("consultation")
    await story.say(story.luc, "idea-luc")
    await story.nadia.sees(story.texts["idea-karim"])
    await story.everybody("shown")
    kept = story.nadia.page.locator(".ideas li", has_text=story.texts["idea-karim"])
    await kept.get_by_role("button").click()
    await expect(story.nadia.page.locator(".ideas [aria-pressed=true]")).to_have_count(1)
    await story.karim.press("I have nothing to add")
    await story.cast.later(minutes=20)


async def synthesis(story: Writers) -> None:
    """The client sorts in silence, then says what they keep."""
    nadia = story.nadia
    await story.go_on("synthesis-silence")
    kept = nadia.page.locator(".ideas li", has_text=story.texts["idea-luc"])
    await kept.get_by_role("button").click()
    await nadia.fill("What?", story.texts["action"])
    await story.karim.fill("Learnings", story.texts["learning"])
    await story.everybody("silence")
    await story.cast.later(minutes=3)
    await story.go_on("synthesis")
    await story.say(nadia, "keeps")
    await story.everybody("synthesis")
    await story.cast.later(minutes=5)


async def learnings(story: Writers) -> None:
    """A last round, the end, and the plan with what the client kept."""
    host, cast, nadia = story.host, story.cast, story.nadia
    await story.go_on("learnings")
    for person in (story.karim, story.awa, story.luc, nadia):
        await story.say(person, "learning")
    await story.everybody("learnings")
    await cast.later(minutes=8)
    await host.page.get_by_role("main").get_by_role("button", name=cast.words("End the session")).click()
    await host.page.get_by_role("dialog").get_by_role("button", name=cast.words("End the session")).click()
    await host.reads("The session is over")
    await story.everybody("over")
    await nadia.link("Go to my page").click()
    await nadia.sees(story.texts["action"])
    plan = await plan_of(nadia, cast.folder / "plan.pdf")
    for wanted in ("request", "action", "idea-karim", "idea-luc"):
        assert story.texts[wanted] in plan, plan
    assert story.texts["idea-awa"] not in plan
    assert story.karim.name not in plan
