"""Names what is on the screen as the reader's language says it, from the same catalogues."""

from functools import cache

from babel.messages.pofile import read_po

from app.gateways.i18n import LOCALE, SOURCE


@cache
def _sentences(lang: str) -> dict[str, str]:
    """Read what each English sentence becomes; of a sentence that depends on a number, the singular."""
    said: dict[str, str] = {}
    for path in sorted((LOCALE / lang).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                said[_first(message.id)] = _first(message.string)
    return said


def _first(text: object) -> str:
    """Give the singular of a sentence that has several forms."""
    return str(text if isinstance(text, str) or not isinstance(text, tuple | list) else text[0])


class Words:
    """The sentences of one language, known by their English words."""

    def __init__(self, lang: str) -> None:
        """Choose the language."""
        self.lang = lang

    def __call__(self, sentence: str, **values: object) -> str:
        """Say a sentence. Raises KeyError when it is not translated, so that no test passes by finding English."""
        said = sentence if self.lang == SOURCE else _sentences(self.lang)[sentence]
        for name, value in values.items():
            said = said.replace(f"%({name})s", str(value)).replace(f"{{{name}}}", str(value))
        return said
