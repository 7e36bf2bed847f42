"""Who uses each vendor call: its paragraph, workflows, commands and pages. Written by hand.

`installer/calls.py` makes the table from it and from the code. Its test refuses a call that is not
here, and names here that the code does not have. Without a workflow: for whoever sets a site up, or
for a WeChat program; in the client all the same, and tried against the simulator.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Used:
    """`workflows` are `module.function` of `station/workflows` (else of `station`)."""

    paragraph: str
    workflows: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


_GIVE = ("credentials.put",)
_STOP = ("stop_credential.stop", "outbox.sync", "check_out.check_out")
_SLOT = ("stop_credential.stop_slot", *_STOP)

DOOR_LOCK: Final = {
    "GetRoomList": Used(
        "1.1", ("desk.Desk.refresh_rooms",), ("rooms", "doctor", "setup"), ("rooms", "settings")
    ),
    "MarkRoomCard": Used(
        "2.1",
        ("writing.write_card",),
        ("issue", "copy", "extend", "move", "replace", "group"),
        ("rooms",),
    ),
    "ClearRoomCard": Used("2.2", ("recycle.recycle",), ("recycle", "checkout"), ("rooms", "locks")),
    "ReadCard": Used(
        "2.3",
        ("looking.look", "read.read", "recover.resolve"),
        ("read", "unresolved"),
        ("rooms", "unresolved"),
    ),
    "MakeOffline": Used("2.1 (passcodes)", _GIVE, ("passcode offline",), ("locks", "rooms")),
    "GatewayStopOffline": Used("2.2 (passcodes)", _STOP, ("passcode stop", "checkout"), ("locks",)),
    "GatewayUploadOnline": Used("3.1", _GIVE, ("passcode online",), ("locks",)),
    "GatewayStopOnline": Used(
        "3.2", _SLOT, ("passcode stop", "passcode stop-online", "checkout"), ("locks",)
    ),
    "GatewayOpen": Used("4.1", ("remote.open_door",), ("unlock",), ("locks", "rooms")),
    "GatewayUploadFace": Used("5.1", _GIVE, ("face add",), ("locks",)),
    "GatewayStopFace": Used("5.2", _SLOT, ("face stop", "checkout"), ("locks",)),
    "GatewayUploadFinger": Used("6.1", _GIVE, ("finger add",), ("locks",)),
    "GatewayStopFinger": Used("6.2", _SLOT, ("finger stop", "checkout"), ("locks",)),
}

SHANKAI: Final = {
    "get_access_token": Used("附1", (), ("doctor", "setup"), ("settings",)),
    "create_organization": Used("1"),
    "get_organization": Used("2"),
    "update_organization": Used("3"),
    "del_organization": Used("4"),
    "set_card_no": Used(
        "5",
        ("resident.bind", "gate_too.bind_too", "outbox.sync"),
        ("resident bind", "resident sync", "issue"),
        ("residents", "rooms"),
    ),
    "get_card_no": Used("6", ("resident.ask_cloud",), ("resident show",), ("residents",)),
    "del_user": Used(
        "7",
        ("resident.unbind", "check_out.check_out", "outbox.sync"),
        ("resident unbind", "resident sync", "checkout"),
        ("residents", "locks"),
    ),
    "set_admin_user": Used("8"),
}

KEXIN: Final = {
    "lock/get": Used(
        "通过lock_id获取锁详情",
        ("network_locks.look", "network_locks.check_mac"),
        ("lock show", "lock import", "doctor"),
        ("locks",),
    ),
    "lock/by_mac/get": Used(
        "通过mac获取锁详情", ("network_locks.check_mac",), ("lock import",), ("locks",)
    ),
    "lock/open": Used("网络远程开锁", ("remote.open_door",), ("unlock",), ("locks", "rooms")),
    "lock/open/face": Used(
        "人脸识别远程开锁", ("network_locks.open_by_face",), ("lock open-face",), ("locks",)
    ),
    "lock/state/get": Used("获取锁的状态信息", ("network_locks.look",), ("lock show",), ("locks",)),
    "lock/pwd/get": Used("获取开锁密码", _GIVE, ("passcode temporary",), ("locks",)),
    "lock/time_sync/seq/get": Used(
        "获取时钟同步sequence", ("network_locks.begin_time_sync",), ("lock sync",), ("locks",)
    ),
    "lock/time_sync/result": Used(
        "上报时钟同步结果", ("network_locks.report_time_sync",), ("lock sync",), ("locks",)
    ),
    "v2/lock/pwd/get": Used("分配用户开锁密码", _GIVE, ("passcode kexin",), ("locks",)),
    "v2/lock/pwd/del": Used("回收用户开锁密码", _STOP, ("passcode stop", "checkout"), ("locks",)),
    "v2/lock/open": Used(
        "通过密码远程开锁", ("network_locks.open_with_password",), ("unlock",), ("locks",)
    ),
}

_TREE = ("house_tree.open_level", "house_tree.refresh_all")
_TREE_BY = ("house tree", "house find", "house show")
_OWNER_BY = ("house owner", "house member", "house review")
_WECHAT = "{} (WeChat's program only)"

PROPERTY: Final = {
    "POST verificationCodes/phone": Used(
        "1.1",
        ("owner_check.ask", "resident_form.send_code"),
        (*_OWNER_BY, "house adopt"),
        ("residents",),
    ),
    "POST weapp/code": Used(_WECHAT.format("1.2.1")),
    "POST weapp/users": Used(_WECHAT.format("1.2.2")),
    "POST weapp/authorizations": Used(_WECHAT.format("1.4.1")),
    "PUT authorizations/current": Used(
        "1.4.2",
        ("desk.Desk.need_property",),
        ("property token", "property keep-alive"),
    ),
    "POST people/permissions": Used(
        "1.5.1",
        ("desk.Desk.need_property",),
        ("property keep-alive", "doctor"),
    ),
    "POST communities": Used("2.1.1", _TREE, (*_TREE_BY, "doctor"), ("residents",)),
    "POST buildings": Used("2.1.2", _TREE, _TREE_BY, ("residents",)),
    "POST units": Used("2.1.3", _TREE, _TREE_BY, ("residents",)),
    "POST floors": Used("2.1.4", _TREE, _TREE_BY, ("residents",)),
    "POST houses": Used("2.1.5", _TREE, _TREE_BY, ("residents",)),
    "POST security/phone": Used("2.2.1", ("resident_form.adopt",), ("house adopt",)),
    "POST security/yezhu": Used(
        "2.2.2",
        ("owner_check.masked_owner", "owner_check.ask"),
        ("house show", *_OWNER_BY),
        ("residents",),
    ),
    "POST security/yezhu-code": Used("2.2.3", ("owner_check.prove",), _OWNER_BY, ("residents",)),
    "POST people/photo": Used(
        "2.3.1", ("resident_form.submit",), ("house register",), ("residents",)
    ),
    "POST idcard/photo": Used(
        "2.3.2", ("resident_form.read_identity_card",), ("house register",), ("residents",)
    ),
    "POST weapp/yibiaosanshi": Used(
        "2.4.1", ("resident_form.submit",), ("house register",), ("residents",)
    ),
    "POST user/housesList": Used("3.1.1", ("resident_form.applications",), ("house reviews",)),
    "POST house/detail": Used("3.1.2", ("household.detail",), _OWNER_BY, ("residents",)),
    "POST shenhe/detail": Used("3.1.3", ("household.review",), ("house review",), ("residents",)),
    "DELETE shenhe/detail": Used(
        "3.1.4", ("household.delete_review",), ("house review",), ("residents",)
    ),
    "PUT house/shouquan": Used(
        "3.2.1", ("household.switch_managing",), ("house member",), ("residents",)
    ),
    "DELETE house/shouquan": Used(
        "3.2.2", ("household.unbind",), ("house member",), ("residents",)
    ),
    "PUT house/charge": Used(
        "3.2.3", ("household.switch_paying",), ("house member",), ("residents",)
    ),
    "POST orders/list": Used(
        "4.1.1", ("household.arrears",), ("house arrears", "house show", "issue"), ("residents",)
    ),
    "POST payments/list": Used(
        "4.1.2", ("household.payments",), ("house payments",), ("residents",)
    ),
    "POST weapp/payment": Used(_WECHAT.format("4.2.1")),
}

USED: Final = {
    "door_lock": DOOR_LOCK,
    "shankai": SHANKAI,
    "kexin": KEXIN,
    "property": PROPERTY,
}
"""By the vendor's package, in the order of its paper."""
