"""From rows to the API's values."""

from __future__ import annotations

from dataclasses import dataclass

from haidang.accounts.authority import Authority
from haidang.accounts.models import Account, Grant, Purpose
from haidang.cameras.entities import camera_resource
from haidang.cameras.models import Camera
from haidang.core.timeline import Gap, Span
from haidang.core.units import WallUs
from haidang.footage.queries import StreamState
from haidang.web.api.values import (
    CameraOut,
    ExpiredOut,
    GapOut,
    PurposeOut,
    SiteOut,
    SpanOut,
    StateOut,
    ViewAction,
    rfc3339,
)
from haidang.web.present import PurposeChoice, purposes_of, site_name, state_of, streams_of
from haidang.web.texts import gap_text

__all__ = ["Rights", "camera_out", "expired_out", "gap_out", "span_out"]

_ACTIONS: tuple[ViewAction, ...] = ("view_live", "view_playback")


@dataclass(frozen=True, slots=True)
class Rights:
    """What is needed to say what an account may do with a camera, read once a request."""

    door: Authority
    account: Account
    grants: list[Grant]
    purposes: dict[str, Purpose]
    now: WallUs

    def purposes_for(self, camera: Camera, action: ViewAction) -> list[PurposeChoice]:
        return purposes_of(camera.site.slug, action, self.grants, self.purposes)

    def may(self, camera: Camera, action: ViewAction) -> bool:
        """Whether it may for any of its purposes."""
        resource = camera_resource(camera)
        return any(
            self.door.decide(self.account, action, resource, now=self.now, purpose=purpose.slug).allowed
            for purpose in self.purposes_for(camera, action)
        )


def camera_out(camera: Camera, states: dict[tuple[str, str], StreamState], rights: Rights) -> CameraOut:
    site, state = site_name(camera.site), states.get((camera.slug, "main"))
    shown = state_of(state)
    return CameraOut(
        id=camera.slug,
        name=camera.name,
        site=SiteOut(id=site.slug, name=site.name, short=site.short),
        streams=streams_of(camera),
        actions=[action for action in _ACTIONS if rights.may(camera, action)],
        purposes=[
            PurposeOut(id=purpose.slug, name=purpose.name, clause=purpose.clause)
            for purpose in rights.purposes_for(camera, "view_live")
        ],
        state=StateOut(
            kind=shown.kind,
            since=rfc3339(state.since) if state is not None and state.since is not None else None,
            reason=shown.reason or None,
            text=shown.text,
        ),
    )


def span_out(span: Span) -> SpanOut:
    return SpanOut(from_=rfc3339(span.started_at), to=rfc3339(span.ended_at))


def expired_out(span: Span) -> ExpiredOut:
    return ExpiredOut(from_=rfc3339(span.started_at), to=rfc3339(span.ended_at))


def gap_out(gap: Gap) -> GapOut:
    reason = gap.reason.name.lower() if gap.reason is not None else ""
    return GapOut(
        from_=rfc3339(gap.started_at),
        to=None if gap.ended_at is None else rfc3339(gap.ended_at),
        reason=reason,
        text=gap_text(reason),
    )
