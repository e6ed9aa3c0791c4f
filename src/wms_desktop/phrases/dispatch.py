"""What is said at the trucks."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "prompt.dispatch.open": "Scan truck door or parcel",
    "prompt.dispatch.open.sub": "Parcels waiting for a truck: {waiting}.",
    "prompt.dispatch.load": "Scan parcel onto {truck}",
    "prompt.dispatch.load.sub": "{carrier}, manifest {manifest}: {loaded} on the truck, {left} still in the house. F10 closes.",
    "prompt.dispatch.confirm": "Close manifest {manifest} with {loaded} parcels?",
    "prompt.dispatch.confirm.sub": "{carrier} at {truck}. Left behind: {left}. F8 closes, and they have left. Esc goes on.",
    # rows
    "dispatch.door": "{truck} · {carrier} · {waiting} parcels wait",
    "dispatch.door_open": "{truck} · {carrier} · {waiting} parcels wait · manifest {manifest}: {loaded} on the truck",
    "dispatch.split": "Parcel {parcel} of order {order} is left at {place}; others of it are on the truck ({sscc})",
    "dispatch.behind": "Order {order} · parcel {parcel} · at {place} · {sscc}",
    "dispatch.unpacked": "Order {order} is not packed: {units} units, should leave by {leave_by}",
    "dispatch.more": "and {count} more",
    "dispatch.off": "Parcel {sscc} is on the truck. F8 takes it off again; scan on to leave it.",
    # opening
    "dispatch_opened": "{truck}: {carrier}, manifest {manifest}. Parcels in the house for it: {left}.",
    "dispatch_no_carrier": "No carrier is set for {truck}. Set its service in the settings.",
    "dispatch_no_truck": "Parcel {sscc} goes with {carrier}, and {carrier} has no door. Set one in the settings.",
    "dispatch_which_truck": "{carrier} has several doors: {trucks}. Scan the door you load.",
    "dispatch_other_truck": "That is {other}. You are loading {truck}, manifest {manifest}. Leave it with Esc first.",
    "dispatch_truck_is_open": "{truck} is open. Scan the parcels.",
    # loading
    "carton_loaded": "Parcel {parcel} of order {order} is on the truck.",
    "carton_loaded_others": "Parcel {parcel} of order {order} is on the truck. Still in the house, parcel: {others}.",
    "carton_on_truck": "Parcel {sscc} is on this truck already. F8 takes it off; scan on to leave it.",
    "carton_unloaded": "Parcel {sscc} is off the truck. Put it back on {place}.",
    "carton_off_already": "Parcel {sscc} was taken off the truck meanwhile.",
    "carton_gone": "Parcel {sscc} left with manifest {manifest}. Look what is in your hand.",
    "carton_elsewhere": "Parcel {sscc} is on {truck}, manifest {manifest}. Have it taken off there first.",
    "wrong_carrier": "Parcel {sscc}, order {order}, goes with {carrier}. This truck is {wanted}. Put it at: {doors}.",
    "dispatch_nothing_asked": "Nothing was asked. Scan a parcel, or press F10 to close the manifest.",
    "dispatch_no_bench": "There is no bench to put the parcel back on. Set one up in the settings.",
    # closing
    "manifest_empty": "Nothing is on the truck of manifest {manifest} yet.",
    "manifest_ask": "Close manifest {manifest} with {parcels} parcels?",
    "manifest_ask_behind": "Close manifest {manifest} with {parcels} parcels? {left} are left in the house.",
    "manifest_closed": "Manifest {manifest} is closed: {parcels} parcels left with {carrier}. The list is printed.",
    "manifest_gone": "Manifest {manifest} was closed meanwhile; its truck has left. Nothing was changed. Scan the door again.",
    "manifest_goes_on": "Go on loading manifest {manifest}.",
    "manifest_left": "Manifest {manifest} stays open.",
    "manifest_reprinted": "Manifest {manifest} is printed again, copy {copy}.",
    "no_manifest_to_reprint": "No manifest was closed at this station yet.",
}
