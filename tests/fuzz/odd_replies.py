"""Odd replies for the fuzz tests: a corpus, and two ways to make more of it."""

import json
import random
from typing import Any

CORPUS: tuple[bytes, ...] = (
    b"",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\xff\xfe{\x00}\x00",
    b"null",
    b"1",
    b'"',
    b"[]",
    b"{}",
    b'{"code":1}',
    b'{"code":1,"code":2}',
    b'{"code":1e999}',
    b'{"code":NaN}',
    b'{"code":-0}',
    b'{"code":"1 "}',
    b'{"code":"\xef\xbc\x91"}',
    b'{"code":' + b"9" * 5000 + b"}",
    b'{"code":1,"data":' + b"[" * 5000,
    b'{"code":1,"data":' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"a":' * 5000,
    b'{"code":1,"data":[' + b'{"rm_id":"7"},' * 500 + b"]}",
    b",]" * 500,
    b'"' + b'\\"' * 2000,
    b'{"code":1,"msg":"\\ud800"}',
    b'{"code":1,"data":{"card_id":"\\u0000"}}',
    (
        b'{"code":1,"data":{"card_id":"03F56240","rm_id":"775032240849920",'
        b'"valid":"2026-07-23 14:20:00","unvalid":"2026-07-24 12:00:00"}}'
    ),
    '{"code":"1","msg":"操作成功","data":[{"rm_id":775032240849920,"rm_name":"1-101"},]}'.encode(
        "gbk"
    ),
    b'{"code":0,"msg":"x","data":null}',
    (
        b'{"errcode":0,"errmsg":"ok","data":{"org_id":"oDF3iY9ffA","card_no":123456,'
        b'"is_new":"true","access_token":"ACCESS_TOKEN","expires_in":7200}}'
    ),
    b'{"errcode":"4002","errmsg":"access_token\xe5\xb7\xb2"}',
    b'{"errcode":-1}',
    b'{"errcode":10001,"errmsg":"x"}',
    b'{"errcode":0,"data":{"card_no":"0x' + b"F" * 44 + b'"}}',
    b"<html><body>log in</body></html>",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
)
SCRAPS: tuple[bytes, ...] = (
    *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"null", b"true", b"-1", b"0", b"1e308"),
    *(b"\xff", b"\x00", b"\xb2\xd9", b'"code":', b'"errcode":', b'"data":', b'"1"', b"9" * 25),
    *(b"\\u0000", b"2026-02-30 25:61:61", b"0x", b" ", b"\r\n", b"775032240849920"),
)


GOOD: tuple[dict[str, Any], ...] = tuple(
    {
        code: value,
        "msg": "ok",
        "errmsg": "ok",
        "data": {
            "card_id": "03F56240",
            "rm_id": "775032240849920",
            "rm_name": "1-101",
            "valid": "2026-07-23 14:20:00",
            "unvalid": "2026-07-24 12:00:00",
            "org_id": "oDF3iY9ffA",
            "card_no": "0x1A3D5B79",
            "is_new": "true",
            "access_token": "T",
            "expires_in": 7200,
        },
    }
    for code, value in (("code", 1), ("errcode", 0))
)
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**63, 10**30, 0.5, 1e308, "", " ", "0", "1", "-1", "true"),
    *("卡", "\u202e", "\x00", "x" * 300, "9" * 30, "0x", "0xZZ", "2026-02-30 00:00:00"),
    *("0001-01-01 00:00:00", "2026-7-3 1:00", "４００２", [], {}, [[]], [None], {"": ""}),
)


def distorted(rng: random.Random) -> bytes:
    """A good reply in which one to three values are odd, missing or of another call."""
    reply = json.loads(json.dumps(rng.choice(GOOD)))
    for _ in range(rng.randint(1, 3)):
        inside = reply["data"] if isinstance(reply.get("data"), dict) else reply
        where = inside if inside and rng.random() < 0.7 else reply
        name = rng.choice([*where, "extra"])
        what = rng.randrange(4)
        if what == 0:
            where.pop(name, None)
        elif what == 1 and isinstance(reply.get("data"), dict):
            reply["data"] = [reply["data"]] * rng.randint(0, 3)
        else:
            where[name] = rng.choice(ODD)
    return json.dumps(reply, ensure_ascii=rng.random() < 0.5).encode(
        rng.choice(["utf-8", "gb18030"])
    )


def mutated(rng: random.Random) -> bytes:
    """Something of the corpus, broken in one to six places."""
    return mutate(rng, rng.choice(CORPUS)[:2000])


def mutate(rng: random.Random, content: bytes) -> bytes:
    """A reply broken in one to six places."""
    reply = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at = rng.randint(0, len(reply))
        what = rng.randrange(5)
        if what == 0:
            reply[at : at + rng.randint(1, 9)] = b""
        elif what == 1:
            reply[at:at] = rng.choice(SCRAPS)
        elif what == 2 and at < len(reply):
            reply[at] ^= 1 << rng.randrange(8)
        elif what == 3:
            end = min(len(reply), at + rng.randint(1, 40))
            reply[at:at] = reply[at:end]
        else:
            reply[at : at + rng.randint(1, 20)] = rng.choice(SCRAPS)
    return bytes(reply)
