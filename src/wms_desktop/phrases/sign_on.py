"""What is said when somebody signs on, off, or locks a station."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "prompt.sign_on.badge": "Scan your badge",
    "prompt.sign_on.badge.sub": "Station {station}. Your badge signs you on; another badge takes over.",
    "prompt.sign_on.pin": "Type your PIN",
    "prompt.sign_on.pin.sub": "{who}: type your PIN and Enter, {left} tries left. Not you? Scan your badge, or Esc.",
    "sign_on.locked_by": "{who} locked this station. The work waits as it was left.",
    "sign_on.now": "{who} is signed on.",
    "pin_wanted": "{who}: now your PIN.",
    "signed_on": "{who} is signed on at {station}.",
    "signed_on_instead": "{who} is signed on at {station} instead of {was}.",
    "signed_off": "{who} is signed off.",
    "nobody_signed_on": "Nobody was signed on here.",
    "station_locked": "Locked. {who}'s work waits; scan a badge to go on.",
    "sign_on_left": "Left. Scan a badge to sign on.",
    "wrong_pin": "That is not the PIN of {who}. {left} tries left, then the badge is locked.",
    "no_pin": "A PIN is 4 to 8 digits. Type your PIN, or scan your badge.",
    "badge_locked": "The badge of {who} is locked after too many wrong PINs. A supervisor can unlock it.",
    "badge_inactive": "The badge of {who} is not in use any more. Ask a supervisor.",
    "badge_not_locked": "The badge of {who} is not locked.",
    "badge_unlocked": "{by} unlocked the badge of {who}.",
    "unlock_not_permitted": "{who} may not unlock the badge of {badge}: another supervisor or an admin can.",
}
