"""Pictures out: live and playback bytes for ticket holders. Starlette on uvicorn; no Django, no database.

``server`` runs it, ``app`` is its site map. ``redemption`` decides who may start, ``open_streams`` knows what runs
and ends it, ``live_*`` and ``viewer`` move live fragments, ``playback*`` the recorded ones, ``control_socket`` is the
warden's door.
"""
