"""What the columns of files are called, in English, German, Spanish and French, and which field of ours each is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from wms_desktop.gateways.imports.columns import unit_of

# By field; the first titles are the surest ones. Written without accents and signs, as `bare` gives them.
_GOODS = {
    "sku": "sku|article number|item number|item no|item sku|item code|product code|part number|part no|stock code|"
    "stockcode|article|item|variant sku|seller sku|merchant sku|product sku|artikelnummer|artikel nr|artikelnr|art nr|"
    "artnr|artikel|bestellnummer|referencia|codigo de articulo|codigo articulo|codigo de producto|codigo|ref|"
    "reference|reference article|code article|ugs|asin",
    "barcode": "barcode|bar code|ean|ean13|ean code|ean nummer|gtin|upc|upc code|gtin upc|variant barcode|strichcode|"
    "barcode ean|codigo de barras|codigo ean|code barres|code barre|code ean|isbn|gtin upc ean or isbn|"
    "gtin upc ean oder isbn|gtin upc ean o isbn",
    "name": "name|product name|item name|article name|description|item description|product description|title|product|"
    "product title|bezeichnung|artikelbezeichnung|artikelname|produktname|produkt|beschreibung|nombre|descripcion|"
    "nombre del producto|producto|designation|libelle|nom|nom du produit|produit|description article",
    "price": "price|unit price|unitprice|item price|net price|sales price|list price|regular price|variant price|preis|"
    "einzelpreis|stuckpreis|vk|verkaufspreis|nettopreis|regularer preis|precio|precio unitario|precio normal|prix|"
    "prix unitaire|pu|tarif regulier|tarif",
    "qty": "qty|quantity|units|pieces|ordered|quantity ordered|qty ordered|order quantity|quantity purchased|amount|"
    "on hand|stock|count|menge|anzahl|stuck|stuckzahl|bestellmenge|bestand|lagerbestand|cantidad|cant|unidades|"
    "existencias|quantite|qte|nombre d unites|quantite commandee",
}  # fmt: skip
_ORDERS = {
    "number": "order number|order no|order id|orderid|order|order ref|order reference|order name|invoice no|invoiceno|"
    "invoice number|invoice|document number|document|po number|purchase order|sales order|number|bestellnummer|"
    "bestell nr|bestellnr|auftragsnummer|auftrags nr|auftragsnr|auftrag|bestellung|belegnummer|belegnr|rechnungsnummer|"
    "rechnungsnr|numero de pedido|"
    "n de pedido|no pedido|pedido|numero pedido|numero de commande|n de commande|no commande|commande|n commande|"
    "numero commande|reference commande",
    "line_no": "line|line no|line number|position|pos|posnr|item line|zeile|linea|ligne|line id|lineitem position",
    "cancelled": "cancelled quantity|qty cancelled|quantity cancelled|cancelled units|stornierte menge|"
    "cantidad cancelada|quantite annulee",
    "made_to_order": "made to order|custom made|sonderanfertigung|auftragsfertigung|sur mesure|a medida",
    "line_release_on": "line release date|line available from",
    "customer_code": "customer id|customerid|customer no|customer number|customer code|account|account number|"
    "customer|client id|kundennummer|kunden nr|kundennr|kunde|kundencode|cliente|numero de cliente|codigo cliente|"
    "id cliente|client|code client|numero client|email|e mail|customer email",
    "customer_name": "customer name|client name|billing name|company|buyer name|kundenname|firma|rechnungsname|"
    "nombre cliente|nombre del cliente|empresa|razon social|nom client|nom du client|societe|raison sociale",
    "placed_at": "order date|ordered at|date|created at|created|invoice date|invoicedate|purchase date|order time|"
    "placed at|placed|bestelldatum|auftragsdatum|datum|belegdatum|rechnungsdatum|fecha|fecha de pedido|fecha pedido|"
    "date de commande|date commande|date de la commande",
    "promise": "promise|promised|promise date|promised date|delivery date|requested delivery|requested delivery date|"
    "due date|liefertermin|lieferdatum|wunschtermin|zusagedatum|fecha de entrega|fecha entrega|fecha prometida|"
    "date de livraison|date livraison|date promise",
    "leave_by": "leave by|ship by|ship by date|latest ship date|ship date|dispatch by|requested ship date|versanddatum|"
    "versand bis|fecha de envio|enviar antes de|date d expedition|expedier avant",
    "release_on": "release date|release on|available from|not before|erscheinungsdatum|verfugbar ab|freigabe ab|"
    "fecha de lanzamiento|disponible desde|date de sortie|disponible a partir de",
    "service": "service|shipping method|shipping service|ship service level|carrier|carrier service|delivery method|"
    "versandart|versandmethode|versanddienst|spediteur|metodo de envio|transportista|servicio|mode de livraison|"
    "methode de livraison|transporteur",
    "currency": "currency|currency code|order currency|wahrung|moneda|divisa|devise|monnaie",
    "is_paid": "paid|is paid|payment status|financial status|paid at|bezahlt|zahlungsstatus|pagado|estado de pago|"
    "paye|statut de paiement",
    "is_cancelled": "cancelled|canceled|is cancelled|cancelled at|storniert|storno|cancelado|anulado|annule|annulee",
    "priority_class": "priority|priority class|class|prioritat|prioridad|priorite",
    "ship_rule": "ship rule|shipping rule|partial shipment|teillieferung",
    "channel": "channel|sales channel|source|marketplace|shop|kanal|verkaufskanal|canal|canal de venta|"
    "canal de vente",
    "note": "note|notes|comment|comments|remark|remarks|customer note|order note|notiz|bemerkung|kommentar|hinweis|"
    "nota|notas|comentario|observaciones|remarque|commentaire",
    "ship_name": "ship to|ship to name|shipping name|ship name|recipient|recipient name|delivery name|consignee|"
    "lieferempfanger|empfanger|lieferadresse name|destinatario|nombre destinatario|destinataire|nom destinataire",
    "street": "street|address|address 1|address1|shipping address|shipping address 1|shipping address1|shipping street|"
    "ship address 1|delivery address|strasse|adresse|lieferadresse|strasse und hausnummer|direccion|calle|rue|"
    "adresse de livraison|adresse 1",
    "postcode": "postcode|post code|postal code|zip|zip code|zipcode|shipping zip|shipping postcode|plz|"
    "ship postal code|postleitzahl|codigo postal|cp|code postal",
    "city": "city|town|shipping city|ship city|ort|stadt|ciudad|poblacion|localidad|ville",
    "country": "country|country code|shipping country|ship country|land|landercode|pais|pays|code pays",
}  # fmt: skip
_PRODUCTS = {
    "case_barcode": "case barcode|case gtin|case ean|carton barcode|case code|karton ean|kartoncode|ean karton|"
    "codigo de caja|code carton",
    "units_per_case": "units per case|case quantity|case qty|pack size|case size|units per carton|stuck pro karton|"
    "menge pro karton|ve|verpackungseinheit|unidades por caja|unites par carton|colisage",
    "brand": "brand|brands|brand owner|manufacturer|vendor|marke|marken|hersteller|marca|marcas|marque|"
    "marques|fabricant",
    "category": "category|categories|product type|product category|branded food category|type|kategorie|kategorien|"
    "warengruppe|categoria|categorias|categorie",
    "weight_g": "weight g|weight|weight kg|weight lbs|weight oz|weight lb|net weight|gewicht|gewicht g|gewicht kg|peso|"
    "peso g|peso kg|poids|poids g|poids kg|variant grams|grams",
    "length_mm": "length mm|length|length cm|length in|lange|lange mm|lange cm|longitud|largo|longueur|longitud cm|"
    "longueur cm",
    "width_mm": "width mm|width|width cm|width in|breite|breite mm|breite cm|ancho|anchura|largeur|ancho cm|largeur cm",
    "height_mm": "height mm|height|height cm|height in|hohe|hohe mm|hohe cm|altura|alto|hauteur|altura cm|hauteur cm",
    "velocity": "velocity|abc|abc class|abc klasse|clase abc|classe abc",
    "lot_tracked": "lot tracked|batch tracked|lots|chargenpflichtig|chargenpflicht|con lote|suivi par lot",
    "expiry_tracked": "expiry tracked|best before|mhd pflichtig|mhd pflicht|con caducidad|suivi peremption",
    "serial_tracked": "serial tracked|serial numbers|seriennummernpflichtig|con numero de serie|suivi numero de serie",
    "is_inspected": "inspected|inspection|inspect on receipt|wareneingangsprufung|prufpflichtig|inspeccion|a controler",
    "is_relabelled": "relabelled|relabel|new label|umetikettieren|reetiquetar|a reetiqueter",
    "opens_cases": "opens cases|open cases|kartons offnen|abre cajas|ouvre cartons",
    "face": "pick face|face|fixed bin|kommissionierplatz|festplatz|ubicacion fija|emplacement fixe",
    "face_min": "face minimum|face min|mindestmenge platz",
    "face_max": "face maximum|face max|hochstmenge platz",
    "mixing": "mixing class|storage class|lagerklasse|clase de almacenaje|classe de stockage",
    "backorders": "backorders|backorders allowed|allow backorders|backorder policy|nachlieferungen|"
    "lieferruckstande erlaubt|reservas permitidas|permitir reservas|autoriser les commandes de produits en rupture",
    "backorder_limit": "backorder limit|backorders limit",
    "safety_stock": "safety stock|minimum stock|min stock|sicherheitsbestand|mindestbestand|stock de seguridad|"
    "stock de securite|stock minimum",
    "release_on": _ORDERS["release_on"],
    "removal": "removal|removal rule|picking rule|entnahme|entnahmeregel",
    "kit": "kit|kit parts|bundle|components|set|bestandteile|componentes|composants",
    "substitutes": "substitutes|alternatives|replacement|ersatzartikel|alternativen|sustitutos|remplacements",
}  # fmt: skip
_STOCK = {
    "location": "location|bin|bin location|place|shelf|storage bin|bin code|lagerplatz|platz|lagerort|fach|regal|"
    "ubicacion|hueco|estanteria|emplacement|case",
    "lot": "lot|batch|lot number|batch number|lot no|charge|chargennummer|lote|numero de lote|numero de lot",
    "expiry": "expiry|expiry date|expires|best before|best before date|use by|mhd|mindesthaltbarkeitsdatum|"
    "verfallsdatum|caducidad|fecha de caducidad|peremption|dlc|ddm|date de peremption",
    "condition": "condition|state|status|zustand|estado|etat",
}
_SUPPLIER = {
    "supplier_code": "supplier code|supplier number|supplier no|supplier id|vendor code|vendor number|vendor no|"
    "vendor id|supplier|vendor|seller|lieferantennummer|lieferanten nr|lieferantennr|kreditor|lieferant|"
    "codigo proveedor|proveedor|code fournisseur|fournisseur",
    "supplier_name": "supplier name|vendor name|seller name|lieferantenname|nombre proveedor|nombre del proveedor|"
    "nom fournisseur|nom du fournisseur",
    "due": "due|due date|delivery date|expected|expected on|expected date|arrival|arrival date|eta|estimated arrival|"
    "requested delivery date|promised date|liefertermin|lieferdatum|ankunft|eintreffdatum|wareneingang am|"
    "fecha de entrega|fecha entrega|llegada|fecha prevista|date de livraison|date livraison|arrivee|date prevue",
    "is_cancelled": _ORDERS["is_cancelled"],
}  # fmt: skip
_PURCHASES = {
    **_SUPPLIER,
    "number": "purchase order number|purchase order no|purchase order|po number|po no|po|order number|order no|order|"
    "order id|document number|number|bestellnummer|bestell nr|bestellnr|bestellung|belegnummer|belegnr|"
    "numero de pedido|n de pedido|pedido|numero de commande|n de commande|commande",
    "placed_at": _ORDERS["placed_at"],
}  # fmt: skip
_NOTICES = {
    **_SUPPLIER,
    "number": "notice number|notice|asn number|asn no|asn|shipment number|shipment no|shipment id|shipment|"
    "despatch advice|dispatch advice|delivery note number|delivery note no|delivery note|packing slip|"
    "advice number|avis|avisnummer|avisierung|lieferschein|lieferscheinnummer|lieferschein nr|lieferavis|albaran|"
    "numero de albaran|aviso de expedicion|bon de livraison|numero bl|bl|avis d expedition",
    "purchase": "purchase order number|purchase order no|purchase order|po number|po no|po|order number|order no|order|"
    "bestellnummer|bestell nr|bestellung|numero de pedido|pedido|numero de commande|commande",
    "shipped_on": "shipped on|ship date|shipped|despatch date|dispatch date|shipping date|versanddatum|versendet am|"
    "fecha de envio|fecha de expedicion|date d expedition|expedie le",
    "carrier": "carrier|haulier|forwarder|spediteur|spedition|frachtfuhrer|transportista|transporteur",
    "pallet": "pallet sscc|pallet|pallet id|sscc pallet|sscc|lpn|license plate|licence plate|nve|palette|"
    "palettennummer|pale|sscc palette",
    "carton": "carton sscc|carton|carton id|sscc carton|case sscc|box|karton|kartonnummer|caja|colis|sscc colis",
}  # fmt: skip
_BY_KIND: Mapping[str, Mapping[str, str]] = {
    "orders": {**_ORDERS, **_GOODS},
    "products": {**{name: _GOODS[name] for name in ("sku", "barcode", "name", "price")}, **_PRODUCTS},
    "purchases": {**_PURCHASES, **_GOODS},
    "notices": {
        **_NOTICES,
        **{name: _GOODS[name] for name in ("sku", "barcode", "name", "qty")},
        **{name: _STOCK[name] for name in ("lot", "expiry")},
    },
    "stock": {**_STOCK, **{name: _GOODS[name] for name in ("sku", "barcode", "qty")}},
}

SHOPIFY: Mapping[str, str] = {
    "Name": "number", "Email": "customer_code", "Financial Status": "is_paid", "Currency": "currency",
    "Shipping Method": "service", "Created at": "placed_at", "Lineitem quantity": "qty", "Lineitem name": "name",
    "Lineitem price": "price", "Lineitem sku": "sku", "Billing Name": "customer_name", "Shipping Name": "ship_name",
    "Shipping Street": "street", "Shipping City": "city", "Shipping Zip": "postcode", "Shipping Country": "country",
    "Notes": "note", "Cancelled at": "is_cancelled",
}  # fmt: skip
AMAZON: Mapping[str, str] = {
    "order-id": "number", "amazon-order-id": "number", "purchase-date": "placed_at", "payments-date": "is_paid",
    "buyer-email": "customer_code", "buyer-name": "customer_name", "sku": "sku", "product-name": "name",
    "quantity-purchased": "qty", "quantity": "qty", "currency": "currency", "item-price": "price",
    "ship-service-level": "service", "recipient-name": "ship_name", "ship-address-1": "street", "ship-city": "city",
    "ship-postal-code": "postcode", "ship-country": "country", "promise-date": "promise",
    "latest-delivery-date": "promise", "latest-ship-date": "leave_by", "sales-channel": "channel",
}  # fmt: skip


def bare(title: str) -> str:
    """A title without case, accents and signs."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", title) if not unicodedata.combining(sign))
    return re.sub("[^a-z0-9]+", " ", plain.lower().replace("ß", "ss")).strip()


def _by_title(fields: Mapping[str, str]) -> dict[str, list[tuple[int, str]]]:
    """For each title the fields that it may mean, with how sure it is (0: surest)."""
    made: dict[str, list[tuple[int, str]]] = {}
    for field, names in fields.items():
        for place, name in enumerate(names.split("|")):
            made.setdefault(name, []).append((place, field))
    return made


_TITLES = {kind: _by_title(fields) for kind, fields in _BY_KIND.items()}


def propose(kind: str, titles: Sequence[str]) -> dict[str, str]:
    """Which column is which field, by their titles alone; each field once, by its surest title."""
    known = _TITLES[kind]
    ranks: list[tuple[int, int, str]] = []
    for column, title in enumerate(titles):
        plain = bare(title)
        ranks += [(place, column, field) for place, field in known.get(plain, ())]
        head, _, unit = plain.rpartition(" ")
        if plain not in known and head in known:
            ranks += [(place, column, field) for place, field in known[head] if unit_of(title, field) == unit]
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for _, column, field in sorted(ranks):
        if titles[column] not in mapping and field not in taken:
            mapping[titles[column]] = field
            taken.add(field)
    return mapping


def hits(titles: Sequence[str]) -> int:
    """How many of these texts are titles that some kind of file has."""
    return max(len(propose(kind, titles)) for kind in _BY_KIND)


def shop_mapping(shop: str, titles: Sequence[str]) -> dict[str, str]:
    """The mapping of a shop's export, as far as its columns are there."""
    if shop == "woocommerce":
        return propose("products", [title for title in titles if title not in ("Type", "Typ", "Tipo")])
    mapping: dict[str, str] = {}
    for title, field in (SHOPIFY if shop == "shopify" else AMAZON).items():
        if title in titles and field not in mapping.values():
            mapping[title] = field
    return mapping
