"""The demo importer's orders: invented suppliers and goods, in the shape a 1688 export gives."""

from __future__ import annotations

from datetime import datetime, timedelta

from webapp.domain.order_sheet import SheetReading
from webapp.domain.orders import ImportedLine, ImportedOrder, ImportedWaybill, normalise_waybill

FILMED_ORDER = "3657499272179232333"

_GOODS = {
    # order number: (supplier, member, days since ordered, lines, waybills)
    FILMED_ORDER: (
        "义乌市晨光服饰有限公司",
        "晨光服饰",
        9,
        (
            ("纯棉短袖T恤 男女同款", "颜色:黑色;尺码:M", "黑色", "M", 12, 1890),
            ("纯棉短袖T恤 男女同款", "颜色:白色;尺码:L", "白色", "L", 12, 1890),
        ),
        (("圆通速递(YTO)", "YT7598163190233"),),
    ),
    "3657512208415232333": (
        "广州市白云区悦行箱包厂",
        "悦行箱包",
        6,
        (("尼龙双肩包 大容量", "颜色:藏青色;尺码:均码", "藏青色", "均码", 40, 4250),),
        (("中通快递(ZTO)", "79030031408885"), ("中通快递(ZTO)", "79026301712135")),
    ),
    "3657512208416232333": (
        "深圳市华强北亮点电子商行",
        "亮点电子",
        5,
        (
            ("Type-C 数据线 1米", "颜色:白色;尺码:1米", "白色", "1米", 200, 310),
            ("快充充电头 20W", "颜色:白色;尺码:国标", "白色", "国标", 100, 1150),
        ),
        (("顺丰速运(SF)", "SF1331875979567"),),
    ),
    "3658001177320232333": (
        "景德镇市昌江区青瓷坊",
        "青瓷坊",
        3,
        (("手绘陶瓷杯 带盖", "颜色:青色;尺码:350ml", "青色", "350ml", 60, 2680),),
        (("韵达快递(YUNDA)", "435316139221920"),),
    ),
    "3658240093116232333": (
        "义乌市晨光服饰有限公司",
        "晨光服饰",
        1,
        (("连帽卫衣 加绒", "颜色:灰色;尺码:XL", "灰色", "XL", 30, 4590),),
        (),
    ),
}


def demo_reading(now: datetime) -> SheetReading:
    orders = []
    for order_no, (supplier, member, days, lines, waybills) in _GOODS.items():
        placed = (now - timedelta(days=days)).replace(microsecond=0)
        goods = sum(quantity * price for *_, quantity, price in lines)
        orders.append(
            ImportedOrder(
                order_no=order_no,
                supplier_company=supplier,
                supplier_member=member,
                goods_fen=goods,
                freight_fen=1200,
                adjust_fen=0,
                paid_fen=goods + 1200,
                status_raw="等待买家收货" if waybills else "等待卖家发货",
                placed_at=placed,
                paid_at=placed + timedelta(minutes=7),
                buyer_login="demo-buyer",
                remark="",
                lines=tuple(_line(order_no, seq, line) for seq, line in enumerate(lines, 1)),
                waybills=tuple(
                    ImportedWaybill(courier, number, normalise_waybill(number))
                    for courier, number in waybills
                ),
            )
        )
    return SheetReading(tuple(orders), (), ())


def _line(order_no: str, seq: int, line: tuple[str, str, str, str, int, int]) -> ImportedLine:
    title, spec, colour, size, quantity, price = line
    return ImportedLine(
        seq=seq,
        title=title,
        spec=spec,
        colour=colour,
        size=size,
        unit="件",
        quantity_milli=quantity * 1000,
        unit_price_fen=price,
        offer_id=f"6801{order_no[9:17]}",
        sku_id=f"49{order_no[8:18]}{seq}",
        article_no="",
        model=spec,
        material_no="",
        single_item_no="",
    )
