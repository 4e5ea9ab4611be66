"""The words of the notice behind a clause id, as sheets and refusals quote them.

Laws: the Vietnamese is the notice's own text, cut but never reworded, with one correction: "Đề Gi" where the copy has
"Đê Gi". The English is ours and binds nobody. A clause that is not known here is cited by its number alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

__all__ = ["ClauseText", "clause_text"]


@dataclass(frozen=True, slots=True)
class ClauseText:
    """``text`` quotes the notice; ``gloss`` is its English on English pages, "" on others."""

    clause: str
    text: str
    gloss: str


#: Clause, the notice's words, our English.
_TEXTS: dict[str, tuple[str, str]] = {
    "P": (
        (
            "Quản lý, chỉ đạo, điều hành của Lãnh đạo tỉnh và các cơ quan có liên quan trong việc phòng chống "
            "thiên tai, an ninh trật tự và vệ sinh môi trường."
        ),
        (
            "Management and direction by the province's leaders and the agencies concerned in disaster "
            "prevention, security and order, and environmental sanitation."
        ),
    ),
    "C": (
        "UBND tỉnh thông báo để các cơ quan, đơn vị có liên quan biết, phối hợp triển khai thực hiện.",
        (
            "The provincial People's Committee gives notice to the agencies and units concerned, to be carried "
            "out jointly."
        ),
    ),
    "I.1.a-1": (
        "Quản lý chặt chẽ tài khoản và mật khẩu truy cập hệ thống đã được cấp.",
        "Strictly manage the accounts and passwords issued for the system.",
    ),
    "I.1.a-2": (
        "Không để lộ hoặc cung cấp tài khoản, mật khẩu truy cập cho cá nhân hoặc đơn vị khác.",
        "Do not disclose accounts or passwords, or provide them to other persons or units.",
    ),
    "I.1.b": (
        (
            "Tự trang bị thiết bị, màn hình kết nối với hệ thống đã được cấp tài khoản và tự quản lý, vận hành "
            "các trang thiết bị này, đảm bảo hoạt động ổn định, đúng quy định."
        ),
        (
            "Provide the devices and screens that connect to the system, and manage and run them, stably and by "
            "the rules."
        ),
    ),
    "I.2.a-1": (
        (
            "Không được thay đổi, ngăn chặn trái phép hoặc không đúng thẩm quyền việc truyền nhận, ghi hình ảnh "
            "của hệ thống camera giám sát."
        ),
        ("Must not, unlawfully or without competence, change or block the transmission and recording of images."),
    ),
    "I.2.a-2": (
        "Không được làm vô hiệu hoá tính năng kỹ thuật của hệ thống camera.",
        "Must not disable technical features of the camera system.",
    ),
    "I.2.b": (
        (
            "Không được kết nối, cài cắm trái phép các thiết bị khác vào hệ thống camera giám sát nhằm thay đổi "
            "hoặc gây nhiễu loạn hình ảnh."
        ),
        "Must not unlawfully connect other devices to the camera system to change or disturb images.",
    ),
    "I.2.c": (
        (
            "Không được xóa, thay đổi, sao chép các dữ liệu, hình ảnh được lưu trữ trên hệ thống camera; trích "
            "xuất dữ liệu, hình ảnh của hệ thống camera giám sát khi chưa được phép của cấp có thẩm quyền."
        ),
        (
            "Must not delete, alter or copy stored data and images, nor extract them before the competent "
            "authority permits."
        ),
    ),
    "I.2.d": (
        (
            "Không được cung cấp các dữ liệu, hình ảnh của hệ thống camera giám sát cho cá nhân hoặc đơn vị khác "
            "khi chưa được phép của cấp có thẩm quyền."
        ),
        "Must not provide data and images to other persons or units before the competent authority permits.",
    ),
    "II.1.a": (
        (
            "Chịu trách nhiệm quản lý tài sản, vận hành, bảo trì, quản trị hệ thống camera giám sát tại các cảng "
            "cá và khu neo đậu; bảo đảm hoạt động của hệ thống camera thường xuyên, liên tục 24/24h."
        ),
        (
            "Manages the assets, operates, maintains and administers the camera system at the fishing ports and "
            "anchorages; keeps it running at all times, 24 hours a day."
        ),
    ),
    "II.1.b": (
        (
            "Tổ chức phân cấp, phân quyền về quản lý, sử dụng, giám sát và khai thác dữ liệu hệ thống camera giám "
            "sát tại các cảng cá và khu neo đậu."
        ),
        "Organises tiers and rights of managing, using, monitoring and drawing on the camera system's data.",
    ),
    "II.1.c": (
        (
            "Phối hợp với Ban Quản lý cảng cá Bình Định, Ban Quản lý cảng cá và Dịch vụ đô thị thị xã Hoài Nhơn "
            "trong việc bảo vệ hệ thống camera."
        ),
        "Works with the two port management boards to protect the camera system.",
    ),
    "II.1.d": (
        (
            "Khi phát hiện các hành vi vi phạm, phải kịp thời thông báo ngay cho người có thẩm quyền quản lý để "
            "có biện pháp xử lý kịp thời."
        ),
        ("On discovering violations, notifies the competent manager at once so that they are dealt with in time."),
    ),
    "II.2.a": (
        (
            "Chủ trì theo dõi, hướng dẫn về chuyên môn trong công tác quản lý, khai thác, truy cập thông tin từ "
            "hệ thống camera giám sát."
        ),
        ("Leads the supervision and professional guidance of managing, using and accessing the system's information."),
    ),
    "II.2.b": (
        (
            "Phối hợp Viễn thông Bình Định quản lý, vận hành hệ thống camera giám sát tàu cá đảm bảo an toàn "
            "thông tin theo quy định."
        ),
        ("With the operator, keeps the camera system that watches fishing vessels secure as regulations require."),
    ),
    "II.3.a-1": (
        (
            "Phân công, giao nhiệm vụ cho Ban Quản lý Cảng cá Bình Định tiếp nhận tài khoản quyền truy cập hệ "
            "thống camera để theo dõi, giám sát, quản lý tình hình an ninh trật tự tại cảng cá và khu neo đậu Quy "
            "Nhơn, Đề Gi."
        ),
        (
            "Assigns the port management board to receive access, to watch over and manage security and order at "
            "Quy Nhon and De Gi."
        ),
    ),
    "II.3.a-2": (
        (
            "Phân công, giao nhiệm vụ cho Chi cục Thủy sản tiếp nhận tài khoản quyền truy cập hệ thống camera "
            "Cảng cá và khu neo đậu Quy Nhơn, Đề Gi, Tam Quan."
        ),
        "Assigns the fisheries sub-department to receive access at Quy Nhon, De Gi and Tam Quan.",
    ),
    "II.3.b": (
        (
            "Ban Quản lý cảng cá Bình Định có trách nhiệm trong việc bảo vệ hệ thống camera, khi phát hiện các "
            "hành vi vi phạm, phải kịp thời thông báo ngay cho người có thẩm quyền quản lý để có biện pháp xử lý "
            "kịp thời."
        ),
        (
            "The port management board is responsible for protecting the camera system and, on discovering "
            "violations, notifies the competent manager at once so that they are dealt with in time."
        ),
    ),
    "II.4": (
        (
            "Phân công, giao nhiệm vụ cho Chi cục Bảo vệ môi trường tiếp nhận tài khoản quyền truy cập hệ thống "
            "camera để theo dõi, giám sát tình hình giữ gìn, bảo vệ môi trường tại các cảng cá và khu neo đậu."
        ),
        (
            "Assigns the environmental protection sub-department to receive access, to watch over environmental "
            "protection at the fishing ports and anchorages."
        ),
    ),
    "II.5": (
        (
            "Cử đầu mối tiếp nhận tài khoản quyền truy cập hệ thống camera để theo dõi, giám sát môi trường tại "
            "các cảng cá và khu neo đậu."
        ),
        ("Names a focal person to receive access, to watch over the environment at the fishing ports and anchorages."),
    ),
    "II.6": (
        (
            "Phân công các trạm biên phòng Quy Nhơn, Đề Gi, Tam Quan Bắc tiếp nhận tài khoản quyền truy cập hệ "
            "thống camera để theo dõi, giám sát, quản lý neo đậu tàu thuyền tại các cảng cá và khu neo đậu Quy "
            "Nhơn, Đề Gi, Tam Quan."
        ),
        ("Assigns the border-guard stations to receive access, to watch over and manage the mooring of vessels."),
    ),
    "II.7.a-1": (
        (
            "UBND thị xã Hoài Nhơn phân công Công an thị xã Hoài Nhơn, Ban Quản lý Cảng cá và Dịch vụ đô thị thị "
            "xã Hoài Nhơn tiếp nhận tài khoản quyền truy cập hệ thống camera để theo dõi, giám sát, quản lý an "
            "ninh trật tự tại Cảng cá và khu neo đậu Tam Quan."
        ),
        (
            "The town assigns its police and its port board to receive access, to watch over and manage security "
            "and order at Tam Quan."
        ),
    ),
    "II.7.a-2": (
        (
            "Ban Quản lý cảng cá và Dịch vụ đô thị thị xã Hoài Nhơn có trách nhiệm trong việc bảo vệ hệ thống "
            "camera, khi phát hiện các hành vi vi phạm, phải kịp thời thông báo ngay cho người có thẩm quyền quản "
            "lý để có biện pháp xử lý kịp thời."
        ),
        (
            "The town's port board is responsible for protecting the camera system and, on discovering "
            "violations, notifies the competent manager at once so that they are dealt with in time."
        ),
    ),
    "II.7.b": (
        (
            "UBND huyện Phù Cát phân công Công an huyện Phù Cát tiếp nhận tài khoản quyền truy cập hệ thống "
            "camera để theo dõi, giám sát, quản lý an ninh trật tự tại cảng cá và khu neo đậu Đề Gi."
        ),
        ("The district assigns its police to receive access, to watch over and manage security and order at De Gi."),
    ),
    "II.7.c": (
        (
            "UBND thành phố Quy Nhơn phân công Công an thành phố Quy Nhơn tiếp nhận tài khoản quyền truy cập hệ "
            "thống camera để theo dõi, giám sát, quản lý an ninh trật tự tại cảng cá và khu neo đậu Quy Nhơn."
        ),
        ("The city assigns its police to receive access, to watch over and manage security and order at Quy Nhon."),
    ),
    "II.8-1": (
        "Phối hợp chặt chẽ, kịp thời trao đổi, cung cấp thông tin để quản lý sử dụng hiệu quả hệ thống.",
        "Work closely together and exchange information in time, so that the system is managed and used well.",
    ),
    "II.8-2": (
        (
            "Trường hợp có khó khăn, vướng mắc thì kịp thời báo cáo cho Sở Thông tin và Truyền thông để tổng hợp, "
            "tham mưu đề xuất UBND tỉnh."
        ),
        (
            "Report difficulties in time to the department of information and communications, which gathers them "
            "and advises the provincial People's Committee."
        ),
    ),
}


def clause_text(clause: str) -> ClauseText:
    """The clause's words, or those of the dash that it is part of; "" where none are known."""
    for name in (clause, clause.partition("-")[0], clause.rpartition(".")[0]):
        if name in _TEXTS:
            text, english = _TEXTS[name]
            return ClauseText(clause, text, english if get_language() == "en" else "")
    return ClauseText(clause, "", "")
