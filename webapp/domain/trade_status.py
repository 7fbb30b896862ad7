"""Whether a platform or an agent says that a trade has ended without being completed (domain.md 11, 12.1, 12.3).

Only the order's own status is read so. A refund that was closed (退款关闭, REFUND_CLOSED) leaves its order alive, and
so does a request to cancel that nobody has granted.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_HAN_END: Final = "(?:关闭|取消|终止|關閉|終止)"
_CLOSED: Final = re.compile(
    "|".join(
        (
            # 1688: 交易关闭 (交易终止), 交易取消; Taobao: 交易关闭, also with its reason behind.
            rf"(?:因.{{1,8}})?(?:交易|订单|訂單)(?:已|被)?{_HAN_END}(?!申请|中).*",
            rf"(?:已|被)?{_HAN_END}(?:交易|订单|訂單)?",
            rf"(?:买家|卖家|系统|平台|超时|用户|商家)(?:已|自动)*{_HAN_END}(?:交易|订单)?",
            # Taobao's and 1688's own codes: TRADE_CLOSED, TRADE_CLOSED_BY_TAOBAO, cancel, terminated.
            r"(?:trade|order|transaction)?(?:closed|cancel|cancelled|canceled|terminated)"
            r"(?:by[a-z]+|withoutcompletion)?",
            r"(?:đơnhàng|đơn|giaodịch)?(?:đã|bị|đãbị)*(?:hủy|huỷ|đóng)(?:đơn|đơnhàng)?",
        )
    )
)
_SEPARATORS: Final = re.compile(r"[\s_.\-/|:]+")
_REMARK: Final = re.compile(r"[(\[【].*$")
_LONGEST: Final = 120


def trade_closed(status: str) -> bool:
    """True for 交易关闭, 交易取消, TRADE_CLOSED_BY_TAOBAO, cancelled, đã hủy and their like; False when in doubt."""
    folded = unicodedata.normalize("NFKC", status[:_LONGEST]).casefold()
    bare = _SEPARATORS.sub("", _REMARK.sub("", folded.strip()))
    return _CLOSED.fullmatch(bare) is not None
