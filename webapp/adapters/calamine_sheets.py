"""The first visible worksheet of a workbook whose size is already known to be harmless."""

from __future__ import annotations

from typing import IO

import python_calamine

from webapp.domain.refusals import Refusal


def first_sheet(workbook_file: IO[bytes]) -> tuple[python_calamine.CalamineSheet, list[str]]:
    """The sheet, and the names of the visible ones after it.

    Raises Refusal: import_password, import_truncated, import_not_a_spreadsheet.
    """
    try:
        workbook = python_calamine.load_workbook(workbook_file)
        names = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ is python_calamine.SheetTypeEnum.WorkSheet
            and sheet.visible is python_calamine.SheetVisibleEnum.Visible
        ]
        if not names:
            raise Refusal("import_not_a_spreadsheet")
        return workbook.get_sheet_by_name(names[0]), names[1:]
    except Refusal:
        raise
    except python_calamine.PasswordError as error:
        raise Refusal("import_password") from error
    except python_calamine.CalamineError as error:
        raise Refusal("import_truncated") from error
    except Exception as error:
        raise Refusal("import_not_a_spreadsheet") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own crash is no Exception
            raise
        raise Refusal("import_not_a_spreadsheet") from error
