/**
 * Invented people and firms that sandboxes start with. Some names carry the characters that queries and pages trip over:
 * quotes, backslashes, `%`, `_`, `&`, `<`, letters beyond ASCII.
 */
export interface Firm {
  readonly name: string;
  readonly domain: string;
  readonly industry: string;
  readonly street: string;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
  readonly employees: number;
  readonly revenue: number;
}

export interface Person {
  readonly first: string;
  readonly last: string;
  readonly title: string;
  readonly department: string;
}

const firm = (line: string): Firm => {
  const [
    name = '',
    domain = '',
    industry = '',
    street = '',
    city = '',
    postalCode = '',
    country = '',
    employees = '',
    revenue = '',
  ] = line.split('|');
  return {
    name,
    domain,
    industry,
    street,
    city,
    postalCode,
    country,
    employees: Number(employees),
    revenue: Number(revenue),
  };
};

export const firms: readonly Firm[] = [
  'Lind Cycles|lindcycles.example|Retail|Havnegade 12|Aarhus|8000|Denmark|48|6400000',
  "O'Brien & Daughters|obrien-daughters.example|Construction|4 Quay Street|Galway|H91 X4V2|Ireland|112|18500000",
  'Northwind Ferments|northwind-ferments.example|Food & Beverage|77 Pier Road|Portland|97209|United States|31|4100000',
  'Grünwald Optik|gruenwald-optik.example|Manufacturing|Ahornweg 9|Jena|07743|Germany|260|52000000',
  'Casa Verde Studios|casaverde.example|Media|Rua das Flores 40|Porto|4050-262|Portugal|19|2300000',
  '100% Wool_Works|woolworks.example|Apparel|3 Mill Lane|Hawick|TD9 7BW|United Kingdom|64|7800000',
  'Back\\Slash Systems|backslash-systems.example|Technology|801 Harmony Way|Austin|78702|United States|140|29000000',
  'Żabka Logistics|zabka-logistics.example|Transportation|Długa 22|Gdańsk|80-831|Poland|420|61000000',
  'Tanaka 織物|tanaka-orimono.example|Apparel|2-14 Nishijin|Kyoto|602-8216|Japan|37|5200000',
  'Bright Harbor Dental|brightharbor.example|Healthcare|19 Elm Street|Halifax|B3H 1A1|Canada|26|3900000',
  'Saffron & Sons|saffronsons.example|Food & Beverage|88 Residency Road|Bengaluru|560025|India|205|11700000',
  'Kestrel Survey <GIS>|kestrel-gis.example|Engineering|5 Beacon Hill|Hobart|7000|Australia|58|8800000',
  'Ostrava Glass|ostrava-glass.example|Manufacturing|Sklářská 3|Ostrava|702 00|Czechia|310|40500000',
  'Blue Mesa Credit Union|bluemesa.example|Banking|410 Canyon Drive|Santa Fe|87501|United States|175|33000000',
  'Atelier Noé|atelier-noe.example|Consulting|11 rue des Tanneurs|Lille|59800|France|12|1500000',
  'Polder Greens|poldergreens.example|Agriculture|Dijkweg 71|Emmeloord|8302|Netherlands|83|12600000',
  'Sierra "Peak" Outfitters|sierrapeak.example|Retail|6 Trailhead Court|Truckee|96161|United States|45|7100000',
  'Mombasa Tea Exchange|mombasatea.example|Agriculture|Moi Avenue 150|Mombasa|80100|Kenya|96|9400000',
  'Fjord Energi|fjordenergi.example|Energy|Strandgaten 8|Bergen|5004|Norway|520|118000000',
  'Cobalt Learning|cobaltlearning.example|Education|27 College Green|Bristol|BS1 5TA|United Kingdom|71|6900000',
  'Andes Coffee Guild|andescoffee.example|Food & Beverage|Carrera 9 # 14-20|Manizales|170001|Colombia|54|4800000',
  'Meridian Print Co.|meridianprint.example|Media|900 Foundry Street|Milwaukee|53204|United States|88|10300000',
  'Ljubljana Robotika|lj-robotika.example|Technology|Tržaška cesta 118|Ljubljana|1000|Slovenia|133|21400000',
  'Palm Court Hotels|palmcourt.example|Hospitality|1 Marina Walk|Valletta|VLT 1012|Malta|640|47200000',
  'Nimbus Weather Labs|nimbuslabs.example|Environmental|350 Ridge Road|Boulder|80302|United States|29|3600000',
].map(firm);

const person = (line: string): Person => {
  const [first = '', last = '', title = '', department = ''] = line.split('|');
  return { first, last, title, department };
};

export const people: readonly Person[] = [
  'Mara|Lind|Head of Purchasing|Purchasing',
  "Aoife|O'Brien|Managing Director|Management",
  'Theo|Ferraro|Brewmaster|Production',
  'Jörg|Grünwald|Chief Engineer|Engineering',
  'Inês|Carvalho|Producer|Production',
  'Fiona|McRae|Mill Manager|Operations',
  'Dex|Back\\Slash|Site Reliability Lead|Engineering',
  'Zofia|Wójcik|Fleet Planner|Operations',
  'Haruki|Tanaka|Weaver|Production',
  'Priya|de Souza|Practice Manager|Management',
  'Anand|Rao|Export Manager|Sales',
  'Ruth|<Adler>|Surveyor|Field Work',
  'Tomáš|Novák|Plant Manager|Operations',
  'Lucia|Romero|Loan Officer|Finance',
  'Camille|Noé|Partner|Consulting',
  'Sanne|van Dijk|Agronomist|Research',
  'Wes|"Tex" Calder|Buyer|Purchasing',
  'Amina|Odhiambo|Auctioneer|Sales',
  'Ingrid|Fossum|Grid Planner|Engineering',
  'Oliver|Pemberton-Hale|Curriculum Lead|Education',
  'Camilo|Restrepo|Roaster|Production',
  'Grace|Okafor|Press Operator|Production',
  'Nejc|Kovač|Firmware Lead|Engineering',
  'Elena|Vella|Concierge Manager|Hospitality',
  'Sam|O’Connor|Forecaster|Research',
].map(person);

/** Subjects of support cases and tickets. */
export const subjects: readonly string[] = [
  'Invoice shows the old address',
  'Cannot log in after the move',
  'Delivery came two days late',
  'Please add a second user',
  'Wrong colour in the parcel',
  'Question about the 20% discount',
  'Export stops at "page 3"',
  'Device restarts under load',
  'Need a copy of the contract',
  'Refund for the returned order',
];

/** Names of deals and opportunities, to stand before a firm's name. */
export const projects: readonly string[] = [
  'Renewal',
  'Pilot',
  'New site',
  'Upgrade',
  'Framework contract',
  'Spare parts',
  'Training',
];

/** An e-mail address of a person at a firm, from letters of ASCII only. */
export function emailOf(person: Person, firm: Firm): string {
  const plain = (text: string): string =>
    text
      .normalize('NFD')
      .replace(/[^A-Za-z]/g, '')
      .toLowerCase();
  return `${plain(person.first)}.${plain(person.last)}@${firm.domain}`;
}

/** A phone number from the ranges kept for fiction. */
export function phoneOf(index: number): string {
  return `+1 202 555 0${String(100 + (index % 100))}`;
}

const dayMs = 86_400_000;

/** When the n-th seed was created: spread over the two months before `nowMs`, the newest some hours ago. */
export function seededAtMs(index: number, nowMs: number): number {
  return nowMs - dayMs * 60 + index * 2.4 * dayMs + ((index * 7_919_317) % dayMs);
}
