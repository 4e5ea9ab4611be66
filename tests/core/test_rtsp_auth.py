"""Digest and Basic against published vectors (RFC 2617 §3.5, RFC 7616 §3.9.1, RFC 7617 §2)."""

import re

import pytest

from core.camera_bytes import answer, dialogue, feed, new_client
from haidang.core.rtsp import Playing, RtspClient, RtspRefused
from haidang.core.rtsp.auth import Challenge, Credentials, choose_challenge, parse_challenges

RFC2617 = (
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
    'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)
RFC7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
RFC7616_CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


def authorise(
    field: str, username: str, password: str, cnonce: str, request: tuple[str, str] = ("GET", "/dir/index.html")
) -> str:
    credentials = Credentials(username, password, lambda: cnonce)
    assert credentials.accept(choose_challenge(parse_challenges([field])))
    header = credentials.header(*request)
    assert header is not None
    return header


def test_the_vector_of_rfc_2617() -> None:
    header = authorise(RFC2617, "Mufasa", "Circle Of Life", "0a4f113b")
    assert 'response="6629fae49393a05397450978507c4ef1"' in header
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in header
    assert "qop=auth, nc=00000001" in header


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_vectors_of_rfc_7616(algorithm: str, response: str) -> None:
    header = authorise(RFC7616.format(algorithm), "Mufasa", "Circle of Life", RFC7616_CNONCE)
    assert f'response="{response}"' in header
    assert f"algorithm={algorithm}" in header


def test_the_vector_of_rfc_7617() -> None:
    assert authorise('Basic realm="foo", charset="UTF-8"', "test", "123£", "") == "Basic dGVzdDoxMjPCow=="


def test_a_camera_that_knows_no_qop_gets_the_old_form() -> None:
    header = authorise('Digest realm="cam", nonce="abc"', "admin", "pw", "c", ("DESCRIBE", "rtsp://cam/1"))
    # MD5(MD5("admin:cam:pw") ":abc:" MD5("DESCRIBE:rtsp://cam/1")), computed with md5sum
    assert header == (
        'Digest username="admin", realm="cam", nonce="abc", uri="rtsp://cam/1", '
        'response="57cd168e1359d66facb993adb906ede1"'
    )


def test_a_session_algorithm_is_keyed_with_the_first_cnonce() -> None:
    header = authorise(
        'Digest realm="cam", nonce="abc", algorithm=MD5-sess, qop="auth"', "admin", "pw", "c", ("PLAY", "u")
    )
    assert 'response="3e8cda1144b7090cc6be7ea049ac8f17"' in header


def test_the_count_grows_and_the_cnonce_stays() -> None:
    credentials = Credentials("u", "p", iter(["one", "two"]).__next__)
    credentials.accept(Challenge("digest", {"nonce": "n", "qop": "auth"}))
    headers = [credentials.header("PLAY", "u") or "" for _ in range(2)]
    assert ["nc=00000001" in headers[0], "nc=00000002" in headers[1]] == [True, True]
    assert all('cnonce="one"' in header for header in headers)


@pytest.mark.parametrize(
    ("fields", "chosen"),
    [
        (['Basic realm="a"', 'Digest realm="a", nonce="n"'], ("digest", "MD5")),
        (
            ['Digest realm="a", nonce="n", Digest realm="a", nonce="n", algorithm=SHA-256, Basic realm="b"'],
            ("digest", "SHA-256"),
        ),
        (['Digest realm="a", nonce="n", algorithm=SHA-512-256', 'Basic realm="a"'], ("basic", "MD5")),
        (['Digest realm="a", nonce="n", qop="auth-int"', "Basic"], ("basic", "MD5")),
        (['Digest realm="a, Basic realm=\\"b\\"", nonce="n"'], ("digest", "MD5")),
        (["Digest realm=a,nonce=n,stale=FALSE"], ("digest", "MD5")),
    ],
)
def test_the_strongest_is_chosen(fields: list[str], chosen: tuple[str, str]) -> None:
    challenge = choose_challenge(parse_challenges(fields))
    assert challenge is not None
    assert (challenge.scheme, challenge.algorithm) == chosen


@pytest.mark.parametrize(
    "field", ["", "Bearer x", "Digest", 'Digest realm="x"', "=,=", '"', 'Digest nonce="n", algorithm=X']
)
def test_what_cannot_be_answered_is_not_chosen(field: str) -> None:
    assert choose_challenge(parse_challenges([field])) is None


def unauthorised(sequence: int, nonce: str, extra: str = "") -> bytes:
    return answer(sequence, f'WWW-Authenticate: Digest realm="cam", nonce="{nonce}"{extra}', status="401 Unauthorized")


def ask(client: RtspClient) -> str:
    return client.data_to_send().decode()


def test_a_401_is_answered_and_later_requests_are_signed_at_once() -> None:
    client = new_client(username="admin", password="geheim")
    assert b"Authorization" not in client.connect()
    feed(client, unauthorised(1, "n1"))
    assert re.search(r'OPTIONS rtsp://cam/live RTSP/1.0\r\nCSeq: 2\r\n.*nonce="n1"', ask(client), re.DOTALL)
    feed(client, answer(2))
    request = ask(client)
    assert request.startswith("DESCRIBE")
    assert 'nonce="n1"' in request
    assert "geheim" not in request


def test_a_wrong_password_is_sent_once_even_if_every_nonce_is_fresh() -> None:
    client = new_client(username="admin", password="geheim")
    client.connect()
    feed(client, unauthorised(1, "n1"))
    with pytest.raises(RtspRefused) as caught:
        feed(client, unauthorised(2, "n2"))
    assert (caught.value.status, caught.value.code) == (401, "rtsp_unauthorized")
    assert "geheim" not in f"{caught.value!r}{client!r}{vars(client)!r}"


def test_a_stale_nonce_is_replaced() -> None:
    client = new_client(username="admin", password="pw")
    client.connect()
    feed(client, unauthorised(1, "n1"))
    feed(client, unauthorised(2, "n2", ", stale=true"))
    assert 'nonce="n2"' in ask(client)
    with pytest.raises(RtspRefused):
        feed(client, unauthorised(3, "n3", ", stale=true"))


def test_a_nonce_that_had_worked_may_run_out() -> None:
    client = new_client(username="admin", password="pw")
    client.connect()
    feed(client, unauthorised(1, "n1"), answer(2), unauthorised(3, "n2"))
    assert "DESCRIBE" in (request := ask(client))
    assert 'nonce="n2"' in request
    assert "Accept: application/sdp" in request


def test_a_weaker_way_than_before_is_refused() -> None:
    client = new_client(username="admin", password="pw")
    client.connect()
    feed(client, unauthorised(1, "n1"), answer(2))
    with pytest.raises(RtspRefused):
        feed(client, answer(3, 'WWW-Authenticate: Basic realm="x"', status="401 Unauthorized"))


def test_without_credentials_a_401_is_final() -> None:
    client = new_client()
    client.connect()
    with pytest.raises(RtspRefused):
        feed(client, unauthorised(1, "n1"))


def test_a_refused_keep_alive_is_no_refusal_of_the_stream() -> None:
    client = new_client(username="admin", password="pw")
    client.connect()
    assert isinstance(feed(client, *dialogue())[0], Playing)
    client.keep_alive()
    assert feed(client, unauthorised(5, "n1"), unauthorised(6, "n2")) == []


def test_credentials_in_the_address_are_used_and_never_sent_in_it() -> None:
    client = new_client("rtsp://admin:p%40ss@cam/live")
    assert client.connect().startswith(b"OPTIONS rtsp://cam/live RTSP/1.0\r\n")
    feed(client, answer(1, 'WWW-Authenticate: Basic realm="x"', status="401 Unauthorized"))
    assert "Authorization: Basic YWRtaW46cEBzcw==" in ask(client)
