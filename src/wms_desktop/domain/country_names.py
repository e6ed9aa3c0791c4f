"""Countries by the names that order files carry: English for all, the larger ones in German, French and Spanish too."""

from __future__ import annotations

import re
import unicodedata

# Two letters, then names; Unspecified and its like say nothing.
_NAMES = """
AD Andorra| AE United Arab Emirates;UAE;Vereinigte Arabische Emirate;Émirats arabes unis| AF Afghanistan| AG Antigua
and Barbuda;Antigua & Barbuda| AI Anguilla| AL Albania| AM Armenia| AO Angola| AQ Antarctica| AR
Argentina;Argentinien;Argentine| AS American Samoa| AT Austria;Österreich;Autriche| AU Australia;Australien;Australie|
AW Aruba| AX Åland Islands;Åland| AZ Azerbaijan| BA Bosnia and Herzegovina;Bosnia & Herzegovina;Bosnia| BB Barbados|
BD Bangladesh| BE Belgium;Belgien;Belgique;België;Bélgica| BF Burkina Faso| BG Bulgaria;Bulgarien;Bulgarie| BH
Bahrain| BI Burundi| BJ Benin| BL Saint Barthélemy;St. Barthélemy| BM Bermuda| BN Brunei;Brunei Darussalam| BO
Bolivia| BQ Caribbean Netherlands;Bonaire| BR Brazil;Brasil;Brasilien;Brésil| BS Bahamas;The Bahamas| BT Bhutan| BV
Bouvet Island| BW Botswana| BY Belarus| BZ Belize| CA Canada;Kanada;Canadá| CC Cocos (Keeling) Islands;Cocos Islands|
CD Congo - Kinshasa;Democratic Republic of the Congo;DR Congo| CF Central African Republic| CG Congo -
Brazzaville;Congo;Republic of the Congo| CH Switzerland;Schweiz;Suisse;Svizzera;Suiza| CI Côte d'Ivoire;Ivory Coast|
CK Cook Islands| CL Chile| CM Cameroon| CN China;Chine;People's Republic of China| CO Colombia| CR Costa Rica| CU
Cuba| CV Cape Verde;Cabo Verde| CW Curaçao| CX Christmas Island| CY Cyprus;Zypern;Chypre| CZ Czech
Republic;Czechia;Tschechien;Tschechische Republik;Tchéquie| DE Germany;Deutschland;Allemagne;Alemania| DJ Djibouti| DK
Denmark;Dänemark;Danemark;Danmark;Dinamarca| DM Dominica| DO Dominican Republic| DZ Algeria| EC Ecuador| EE
Estonia;Estland;Estonie| EG Egypt;Ägypten| EH Western Sahara| ER Eritrea| ES Spain;Spanien;España;Espagne| ET
Ethiopia| FI Finland;Finnland;Finlande;Suomi| FJ Fiji| FK Falkland Islands| FM Micronesia| FO Faroe Islands| FR
France;Frankreich;Francia| GA Gabon| GB United Kingdom;UK;Great Britain;Britain;England;Scotland;Wales;Northern
Ireland;Großbritannien;Vereinigtes Königreich;Royaume-Uni;Reino Unido| GD Grenada| GE Georgia| GF French Guiana| GG
Guernsey| GH Ghana| GI Gibraltar| GL Greenland| GM Gambia| GN Guinea| GP Guadeloupe| GQ Equatorial Guinea| GR
Greece;Griechenland;Grèce;Grecia| GS South Georgia & South Sandwich Islands| GT Guatemala| GU Guam| GW Guinea-Bissau|
GY Guyana| HK Hong Kong;Hong Kong SAR China;Hongkong| HM Heard & McDonald Islands| HN Honduras| HR
Croatia;Kroatien;Croatie;Hrvatska| HT Haiti| HU Hungary;Ungarn;Hongrie;Hungría| ID Indonesia| IE
Ireland;EIRE;Irland;Irlande;Republic of Ireland| IL Israel| IM Isle of Man| IN India;Indien;Inde| IO British Indian
Ocean Territory| IQ Iraq| IR Iran| IS Iceland;Island;Islande| IT Italy;Italien;Italie;Italia| JE Jersey| JM Jamaica|
JO Jordan| JP Japan;Japon;Japón| KE Kenya| KG Kyrgyzstan| KH Cambodia| KI Kiribati| KM Comoros| KN Saint Kitts and
Nevis;St. Kitts & Nevis| KP North Korea| KR South Korea;Korea;Republic of Korea| KW Kuwait| KY Cayman Islands| KZ
Kazakhstan| LA Laos| LB Lebanon| LC Saint Lucia;St. Lucia| LI Liechtenstein| LK Sri Lanka| LR Liberia| LS Lesotho| LT
Lithuania;Litauen;Lituanie| LU Luxembourg;Luxemburg| LV Latvia;Lettland;Lettonie| LY Libya| MA Morocco;Marokko;Maroc|
MC Monaco| MD Moldova| ME Montenegro| MF Saint Martin;St. Martin| MG Madagascar| MH Marshall Islands| MK North
Macedonia;Macedonia| ML Mali| MM Myanmar;Myanmar (Burma)| MN Mongolia| MO Macao;Macau;Macao SAR China| MP Northern
Mariana Islands| MQ Martinique| MR Mauritania| MS Montserrat| MT Malta;Malte| MU Mauritius| MV Maldives| MW Malawi| MX
Mexico;México;Mexiko;Mexique| MY Malaysia| MZ Mozambique| NA Namibia| NC New Caledonia| NE Niger| NF Norfolk Island|
NG Nigeria| NI Nicaragua| NL Netherlands;The Netherlands;Holland;Niederlande;Pays-Bas;Nederland;Países Bajos| NO
Norway;Norwegen;Norvège;Norge;Noruega| NP Nepal| NR Nauru| NU Niue| NZ New Zealand;Neuseeland| OM Oman| PA Panama| PE
Peru;Perú| PF French Polynesia| PG Papua New Guinea| PH Philippines| PK Pakistan| PL
Poland;Polen;Pologne;Polska;Polonia| PM Saint Pierre and Miquelon;St. Pierre & Miquelon| PN Pitcairn Islands;Pitcairn|
PR Puerto Rico| PS Palestine;Palestinian Territories| PT Portugal| PW Palau| PY Paraguay| QA Qatar| RE Réunion| RO
Romania;Rumänien;Roumanie| RS Serbia;Serbien;Serbie| RU Russia;Russian Federation;Russland;Russie| RW Rwanda| SA Saudi
Arabia| SB Solomon Islands| SC Seychelles| SD Sudan| SE Sweden;Schweden;Suède;Sverige;Suecia| SG Singapore;Singapur|
SH Saint Helena;St. Helena| SI Slovenia;Slowenien;Slovénie| SJ Svalbard and Jan Mayen;Svalbard & Jan Mayen| SK
Slovakia;Slowakei;Slovaquie| SL Sierra Leone| SM San Marino| SN Senegal| SO Somalia| SR Suriname| SS South Sudan| ST
São Tomé & Príncipe;Sao Tome and Principe| SV El Salvador| SX Sint Maarten| SY Syria| SZ Eswatini;Swaziland| TC Turks
and Caicos Islands;Turks & Caicos Islands| TD Chad| TF French Southern Territories| TG Togo| TH Thailand| TJ
Tajikistan| TK Tokelau| TL Timor-Leste| TM Turkmenistan| TN Tunisia| TO Tonga| TR
Turkey;Türkiye;Türkei;Turquie;Turquía| TT Trinidad and Tobago;Trinidad & Tobago| TV Tuvalu| TW Taiwan| TZ Tanzania| UA
Ukraine| UG Uganda| UM U.S. Outlying Islands| US United States;USA;United States of America;U.S.A.;Vereinigte
Staaten;États-Unis;Estados Unidos| UY Uruguay| UZ Uzbekistan| VA Vatican City;Holy See| VC Saint Vincent and the
Grenadines;St. Vincent & Grenadines| VE Venezuela| VG British Virgin Islands| VI U.S. Virgin Islands| VN Vietnam;Viet
Nam| VU Vanuatu| WF Wallis and Futuna;Wallis & Futuna| WS Samoa| YE Yemen| YT Mayotte| ZA South Africa;Südafrika| ZM
Zambia| ZW Zimbabwe
"""
_NOTHING = {"unspecified", "unknown", "n a", "none", "unbekannt"}


def _plain(name: str) -> str:
    """Without accents, signs and case."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return re.sub("[^a-z]+", " ", bare.lower().replace("ß", "ss")).strip()


_LETTERS = {
    _plain(name): entry.strip()[:2]
    for entry in " ".join(_NAMES.split()).split("|")
    for name in entry.strip()[3:].split(";")
}


def find_letters(name: str) -> str | None:
    """The two letters of a country by one of its names; "" where the text says that nobody knows; None: no country."""
    bare = _plain(name)
    return "" if bare in _NOTHING else _LETTERS.get(bare)
