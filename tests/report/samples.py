"""Two documents as people keep them."""

from datetime import UTC, datetime

from app.engine.ids import EntryId
from app.usecases.records import DocumentKind
from app.usecases.write_report import Action, Learning, Report

PLAN = Report(
    kind=DocumentKind.PLAN,
    group="Cercle Meuse",
    number=4,
    held_at=datetime(2026, 11, 26, 13, 0, tzinfo=UTC),
    zone="Europe/Brussels",
    reader="Nadia",
    request="Aidez-moi à annoncer la réorganisation à mon équipe sans promettre ce que je ne maîtrise pas.",
    actions=(
        Action(
            EntryId("a1"),
            "Écrire les trois colonnes",
            {
                "first_step": "ouvrir une feuille",
                "when": "vendredi 27 novembre, avant midi",
                "with_whom": "Paul, mon adjoint",
                "how_known": "quand Paul pourra les redire sans moi",
                "obstacle": "vouloir des colonnes parfaites",
                "follow_up": "2026-12-17",
            },
        ),
        Action(EntryId("a2"), "Parler d’abord à Inès", {"when": "lundi 30 novembre"}),
    ),
    ideas=("Dire ce que je ne sais pas encore.", "Commencer par ce qui ne change pas."),
    learnings=(Learning(EntryId("l1"), "learnings", "Mon silence inquiétait plus que la nouvelle."),),
    notes=("une note secrète : secret",),
)
SHEET = Report(
    kind=DocumentKind.LEARNINGS,
    group="Cercle Meuse",
    number=4,
    held_at=PLAN.held_at,
    zone=PLAN.zone,
    reader="Awa",
    learnings=(
        Learning(EntryId("l2"), "learnings", "To name what is not decided."),
        Learning(EntryId("l3"), "applications", "I will say it on Monday."),
    ),
)
