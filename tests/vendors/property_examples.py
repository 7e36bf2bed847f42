"""What the property platform's document shows of its replies, call by call."""

from typing import Any, Final

TOKEN: Final = "eyJ0eXAiO-demo"
OWNER_MOBILE: Final = "13800000004"
ID_NUMBER: Final = "000000199001010000"

LOST: Final = {
    "code": "9",
    "token_expired": "0",
    "msg": "请重新建立智慧平台鉴权连接",
    "message": "token值因各种原因而失效，请重新调用接口获取token",
}
LOGGED_IN: Final = {
    "code": "0",
    "token_expired": "1",
    "msg": "您登陆成功！",
    "access_token": TOKEN,
    "token_type": "Bearer",
    "expires_in": 3600,
    "permissions": ["NewMember"],
    "name": "xiaoming",
    "avatar": "avatar",
}


def _done(**more: object) -> dict[str, Any]:
    return {"code": "0", "token_expired": "1", "msg": "成功", "message": "成功", **more}


def _page(data: list[object], path: str) -> dict[str, Any]:
    address = f"https://tc.mg.cool/api/v1/{path}"
    pages = {
        "current_page": 1,
        "first_page_url": f"{address}?page=1",
        "from": 1,
        "last_page": 1,
        "path": address,
        "per_page": 15,
        "prev_page_url": None,
        "to": 15,
        "total": len(data),
    }
    return {"code": 0, "token_expired": 1, "msg": "成功", "data": data, "pages": pages}


def _row(what: str, number: int, name: str, **more: object) -> dict[str, object]:
    row = {"id": number, "community_identifier": 1, "deleted_at": None}
    return {**row, f"{what}_number": number, f"{what}_name": name, **more}


MEMBERS: Final = {
    "owner": {"shouquan": "管理员", "id": 2, "name": "赵一", "role": "业主"},
    "inactive": {"shouquan": "邀请激活", "id": 1, "name": "赵二", "role": "父亲"},
    "may": {"shouquan": "禁用管理", "id": 3, "name": "李四", "role": "妻子"},
    "may_not": {"shouquan": "授权管理", "id": 4, "name": "赵三", "role": "儿子"},
}
REVIEW_EXAMPLE: Final = {
    "shenhe_type": "业主绑定",
    "shenhe_status": 1,
    "shenhe_action_introduction": "业主正在申请：业主绑定",
    "shenhe_house_introduction": "晨曦家园1栋1单元2楼201号",
    "shenhe_refuse_reason": "",
    "name": "王小明",
    "sex": "男",
    "birth": "19900101",
    "nation": "汉族",
    "address": "某省某市某区",
    "idcard": ID_NUMBER,
    "photo": "www.....",
    "zhengzhimianmao": "1",
    "tuiyijunren": "0",
    "shangfang": "0",
    "dibao": "0",
    "job": "程序员",
    "company": "万家灯火",
    "house_role": "业主",
    "house_status": "自用",
    "use": "住宅",
    "xingzhi": "私有",
    "zhuhuleixing": "业主",
}
ORDERS_EXAMPLE: Final[list[object]] = [
    {
        "id": 21,
        "paied": "已付款",
        "number": "20201211163729119876",
        "title": "物业费",
        "amount": "0.01元",
        "status": "进行中",
        "remark": "2020年的物业费",
        "extra": "{'单价':'30元/平米'}",
        "manager": "晨曦家园物业有限公司",
    },
    {
        "id": 20,
        "paied": "未付款",
        "number": "20201210171754508115",
        "title": "物业费2020年12月10日17-18",
        "amount": "120.50元",
        "house": "晨曦家园1栋1单元1楼101号",
        "status": "进行中",
        "remark": None,
        "extra": None,
        "manager": "秦皇小区",
    },
]
BILLS_EXAMPLE: Final[list[object]] = [
    {
        "id": 1,
        "total_amount": "0.02",
        "paid_at": "2020-12-13 23:01:07",
        "payment_number": "4200000848202012131079162905",
        "payment_shop_number": "10002C2Y1A2Z5fd62cac34e925fd62ca",
        "orders": [
            {
                "id": 1,
                "number": "20201213225857334000",
                "title": "测试费1",
                "amount": "0.01元",
                "house": "晨曦家园1栋1单元1楼101号",
                "status": "进行中",
            }
        ],
    }
]
EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "1.1": _done(key="verificationCode_qaFUTv8034G29I5", expired_at="2020-11-19 13:34:38"),
    "1.2.1": _done(openid="oRNfs4txH2QmXzewt234", session_key="gF3i6PSBHFMu2Xqr=="),
    "1.2.2": LOGGED_IN,
    "1.4.1": LOGGED_IN,
    "1.4.2": LOGGED_IN,
    "1.5.1": _done(data=["HouseMember"]),
    "2.1.1": _done(
        data=[
            {
                "id": 1,
                "city_id": None,
                "community_name": "晨曦家园",
                "community_identifier": "10002",
                "community_pinyin": "ChenXiJiaYuan",
                "community_type": 0,
                "deleted_at": None,
            }
        ]
    ),
    "2.1.2": _done(data=[_row("building", 1, "1栋"), _row("building", 10, "10栋")]),
    "2.1.3": _done(data=[_row("unit", 1, "1单元", building_id=7)]),
    "2.1.4": _done(data=[_row("floor", 1, "1楼", unit_id=8)]),
    "2.1.5": _done(data=[_row("house", 101, "101号", floor_id=9, house_type="单元楼")]),
    "2.2.1": {"code": 0, "msg": "已自动绑定您的一标三实信息", "message": "在安防平台查找到了数据"},
    "2.2.2": _done(
        data={
            "people_phone": OWNER_MOBILE,
            "people_house_use": "住宅",
            "people_house_xingzhi": "私有",
            "people_house_status": "自用",
            "people_house_role": "业主",
            "phone": "138****0004",
        }
    ),
    "2.2.3": _done(),
    "2.3.1": _done(data="https://pictures.example/face-photo/1/2/3/4/401/QhnV7ro.png"),
    "2.3.2": _done(
        data={
            "birthday": "19900101",
            "address": "某省某市某区某小区1栋1单元101号",
            "gender": "男",
            "nation": "汉",
            "idcard": ID_NUMBER,
            "name": "王小明",
        }
    ),
    "2.4.1": {"code": "0", "message": "已提交审核", "msg": "已提交审核", "token_expired": "1"},
    "3.1.1": _done(
        data=[
            {
                "house_id": 1,
                "status": "审核通过",
                "role": "业主",
                "role_name": "业主",
                "introduction": "晨曦家园1栋1单元1楼101号",
                "not_register": 1,
            },
            {
                "shenhe_id": 1,
                "status": "待审核",
                "introduction": "晨曦家园1栋1单元1楼101号的业主正在申请：家属绑定",
                "action": "业主正在申请：业主绑定",
            },
        ]
    ),
    "3.1.2": _done(
        data={
            "introduction": "晨曦家园1栋1单元1楼101号",
            "house_type": "单元楼",
            "use": "住宅",
            "xingzhi": "私有",
            "status": "自用",
            "zhuhuleixing": "业主",
            "yibangding": list(MEMBERS.values()),
            "weibangding": [
                {
                    "id": 8,
                    "introduction": "晨曦家园1栋1单元1楼101号",
                    "action": "租客正在申请：租客绑定",
                    "status": "待审核",
                    "type": "租客绑定",
                },
                {
                    "id": 4,
                    "introduction": "晨曦家园1栋1单元1楼101号",
                    "action": "家属正在申请：家属绑定",
                    "status": "未通过",
                    "type": "家属绑定",
                },
            ],
            "yijihuo": [MEMBERS["owner"], MEMBERS["may"], MEMBERS["may_not"]],
            "weijihuo": [{"shouquan": "邀请激活", "name": "赵二", "role": "父亲"}],
        }
    ),
    "3.1.3": _done(data=REVIEW_EXAMPLE),
    "3.1.4": {"code": "0", "token_expired": "1", "msg": "删除成功", "message": "删除成功"},
    "3.2.1": {"code": 0, "token_expired": 1, "msg": "修改成功", "data": "授权管理"},
    "3.2.2": {"code": 0, "token_expired": 1, "msg": "解绑成功", "message": "删除成功"},
    "3.2.3": {"code": 0, "token_expired": 1, "msg": "修改成功", "data": "禁止支付"},
    "4.1.1": _page(ORDERS_EXAMPLE, "orders/list"),
    "4.1.2": _page(BILLS_EXAMPLE, "payments/list"),
    "4.2.1": _done(
        data={
            "appId": "wx3c3d7ceb2deb958d",
            "timeStamp": "1607678409",
            "nonceStr": "RvDkAXFUpscM1ksX",
            "package": "prepay_id=wx111720097829482",
            "signType": "MD5",
            "paySign": "CA2A8645235DC63430D71DA7043BD674",
        }
    ),
}
"""By paragraph."""
