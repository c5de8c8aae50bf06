"""The policies an installation has: those that come with the program, and its own with all their versions."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.clock import Clock
from core.domain.errors import InvalidInput, NotFound
from core.domain.policy import Stakes
from core.proctoring.policy import BUILT_IN, built_in, plan_text
from core.proctoring.policy_file import PolicyFile, parse_policy
from core.storage.database import Database
from core.storage.policies import PolicyRepo
from core.storage.records import PolicyRow

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy that can be chosen.

    Attributes:
        name: What people choose it by.
        file: What it says; None when the stored text cannot be read.
        built_in: It comes with the program and cannot be changed.
        saved_at: When this version was saved, UTC; None for those that come with the program.
        trouble: Why it cannot be read; empty when it can.
    """

    name: str
    file: PolicyFile | None
    built_in: bool
    saved_at: datetime | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of an own policy.

    Attributes:
        id: To restore it by.
        saved_at: When, UTC.
        text: JSON, indented; empty where the policy was removed.
        current: The one that counts.
    """

    id: int
    saved_at: datetime
    text: str
    current: bool

    @property
    def removed(self) -> bool:
        """The policy was removed by this."""
        return not self.text


@dataclass(frozen=True, slots=True)
class ChosenPolicy:
    """A policy for a new interview.

    Attributes:
        name: Of the policy that is used.
        text: As it is copied into the plan.
        trouble: Why it is not the one that was asked for; empty when it is.
    """

    name: str
    text: str
    trouble: str = ""


class PoliciesService:
    """Reads and edits policies. Safe to call from any thread."""

    def __init__(self, database: Database, clock: Clock, default: str) -> None:
        """Make the service.

        Args:
            database: Of the house.
            clock: For the times of versions.
            default: Name of the policy of interviews nobody chose one for.
        """
        self._database = database
        self._clock = clock
        self.default = default

    def list(self) -> list[StoredPolicy]:
        """All that can be chosen: built-in ones first, then own ones by name."""
        with self._database.reading() as tx:
            rows = [row for row in PolicyRepo(tx).latest() if row.data]
        return [*(StoredPolicy(name, built_in(name), True) for name in BUILT_IN), *map(_stored, rows)]

    def get(self, name: str) -> StoredPolicy:
        """One policy by its name.

        Raises:
            NotFound: None has this name.
        """
        if name in BUILT_IN:
            return StoredPolicy(name, built_in(name), True)
        with self._database.reading() as tx:
            rows = PolicyRepo(tx).versions(name)
        if not rows or not rows[0].data:
            raise NotFound(f'There is no policy "{name}".', "Choose one from the list.")
        return _stored(rows[0])

    def choose(self, name: str = "") -> ChosenPolicy:
        """The policy for a new interview, as text for its plan; one that cannot be used is replaced, and that is said.

        Args:
            name: As chosen; empty takes the default of this installation.
        """
        wanted = name or self.default
        try:
            stored = self.get(wanted)
            trouble = stored.trouble
        except NotFound as error:
            stored, trouble = None, error.message
        if stored is not None and stored.file is not None:
            return ChosenPolicy(stored.name, plan_text(stored.file))
        _LOG.error("a chosen policy cannot be used; the built-in one for medium stakes is taken")
        medium = Stakes.MEDIUM.value
        return ChosenPolicy(medium, plan_text(built_in(medium)), f"{trouble} The policy medium is used instead.")

    def save(self, text: str | bytes) -> StoredPolicy:
        """Store a policy under the name it gives itself, as a new version when there is one already.

        Interviews and invitations made before keep the version they were made with.

        Raises:
            InvalidInput: It is no policy (``field`` says where), or its name is one of the built-in ones.
        """
        file = parse_policy(text)
        if file.name.casefold() in BUILT_IN:
            raise InvalidInput(
                "name", f'"{file.name}" comes with the program and stays as it is.', 'Give "name" another name.'
            )
        data = json.loads(file.model_dump_json(exclude_none=True))
        with self._database.transaction() as tx:
            repo, now = PolicyRepo(tx), self._clock.now()
            versions = repo.versions(file.name)
            if not versions or versions[0].data != data:
                repo.add(file.name, data, now)
        return self.get(file.name)

    def versions(self, name: str) -> Sequence[PolicyVersion]:
        """All versions of an own policy, newest first; none for a built-in one."""
        with self._database.reading() as tx:
            rows = PolicyRepo(tx).versions(name)
        return [
            PolicyVersion(row.id, row.created_at, _text(row.data) if row.data else "", n == 0)
            for n, row in enumerate(rows)
        ]

    def restore(self, name: str, version_id: int) -> StoredPolicy:
        """Make an earlier version count again, as a new version, so that this can be undone as well.

        Raises:
            NotFound: This name has no such version.
            InvalidInput: The version cannot be read any more, or is a removal.
        """
        with self._database.transaction() as tx:
            repo = PolicyRepo(tx)
            rows = repo.versions(name)
            row = next((row for row in rows if row.id == version_id), None)
            if row is None:
                raise NotFound("This version does not exist.", "Reload the page.")
            if not row.data:
                raise InvalidInput("version", "The policy was removed by this version.", "Choose one before it.")
            parse_policy(_text(row.data))
            if rows[0].data != row.data:
                repo.add(name, row.data, self._clock.now())
        return self.get(name)

    def remove(self, name: str) -> None:
        """Take an own policy from the list; its versions stay and can be restored.

        Raises:
            InvalidInput: It comes with the program.
            NotFound: None has this name.
        """
        if self.get(name).built_in:
            raise InvalidInput("name", f'"{name}" comes with the program and stays.', "Choose one of your own.")
        with self._database.transaction() as tx:
            PolicyRepo(tx).add(name, {}, self._clock.now())

    def removed(self) -> Sequence[str]:
        """Names of own policies that were removed and can be restored."""
        with self._database.reading() as tx:
            return [row.name for row in PolicyRepo(tx).latest() if not row.data]


def policy_text(file: PolicyFile) -> str:
    """A policy as people edit it: JSON, indented."""
    return _text(json.loads(file.model_dump_json(exclude_none=True)))


def _text(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)


def _stored(row: PolicyRow) -> StoredPolicy:
    try:
        return StoredPolicy(row.name, parse_policy(_text(row.data)), False, row.created_at)
    except InvalidInput as error:
        return StoredPolicy(row.name, None, False, row.created_at, f"It cannot be read: {error.message}")
