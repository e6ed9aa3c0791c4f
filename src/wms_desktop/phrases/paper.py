"""Why a page was not drawn or not printed, and what to do about it."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "no_glyph": 'The sign {sign} ({number}) in "{text}" cannot be printed with the fonts here. Write it in Latin, Greek or Cyrillic letters, or install a font for it.',
    "symbol_too_wide": "The barcode {text} needs {width_mm} mm and has {room_mm} mm. Print it on wider paper, or give a shorter code.",
    "text_too_long": '"{text}" is too long for its place on the page and may not be cut. Shorten it.',
    "address_too_long": "The address of {text} (order {order}) does not fit the label. Shorten its lines.",
    "not_encodable": '"{text}" cannot stand in a barcode: a wrong check digit, or letters a barcode does not have. Correct the code.',
    "page_unfit": "A {kind} cannot be printed on {page}. Choose another printer for it.",
    "dpi_unfit": "No printer layout for {dpi} dpi. Set the printer to 203, 300 or 600.",
    "bad_document": "The stored {kind} cannot be read. Make it again from its order or batch.",
    "sscc_wrong": "{text} is not an SSCC. It has 18 digits, the last of them a check digit.",
    "parcel_wrong": "Parcel {parcel} of {parcels} cannot be. Close the carton again.",
    "not_digits": "{text} should be digits only.",
    "company_prefix_wrong": "{text} is not a GS1 company prefix (4 to 12 digits). Correct it in the settings.",
    "sscc_used_up": "The SSCC numbers of extension digit {extension} are used up (serial {serial}). Set the next extension digit.",
    "drawing_failed": "The page could not be drawn; the log says why. Print it again, or give it up.",
    "printer_fault": "The printer failed. Look at it, then print again.",
    "printer_unreachable": "Printer {printer} cannot be reached. Is it on, and is its cable in?",
    "printer_timeout": "Printer {printer} did not finish in time. Look at paper and lights, then print again.",
    "printer_cut": "The connection to printer {printer} broke; the page may be out. A second one says its attempt.",
    "printer_stopped": "Printer {printer} has stopped ({why}). See to paper, ribbon and cover.",
    "printer_gave_up": "Printer {printer} gave the page up ({why}). Print it again.",
    "printer_refused": "Printer {printer} refused the page (status {status}).",
    "printer_forbids": "Printer {printer} does not let this computer print. Ask who keeps it.",
    "printer_unknown": "There is no printer {printer}. Choose another in the settings.",
    "printer_cannot_read": "Printer {printer} cannot print PDF. Choose its queue on the print server instead.",
    "printer_not_accepting": "Printer {printer} takes no jobs now. Let its queue accept again.",
    "printer_busy": "Printer {printer} is busy. It is tried again by itself.",
    "folder_not_writable": "Nothing can be written to {folder} ({why}). Choose another folder.",
    "disk_full": "The disk of {folder} is full. Make room; the page is tried again by itself.",
}
