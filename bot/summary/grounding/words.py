"""English words that stand where a name could stand, so that they are not taken for one."""

from __future__ import annotations

_PLURALS = """
aborts accounts_of actions additions administrators agents alternatives answers applications approvals apps areas
arguments attempts authors backups batches blocks branches bytes callers cases catalogs causes changes characters
checks clients codes columns commands comments commits conditions conflicts connections constraints consumers contents
copies costs counts customers databases days defaults definitions deletes deletions dependencies deployments deploys
details developers differences disks downs downstream duplicates duties effects engineers entries errors events
examples exceptions expressions extensions facts failures files findings fixes folders frameworks functions gaps
grants groups guarantees hours identifiers indexes indices inserts instances integers issues items jobs joins keys
leftovers lengths limits lines links locks lookups messages metrics migrations milliseconds minutes modes moments
months names needs nodes notes notices nulls numbers objects operations operators options orders_of others
outages owners pages parents parts patterns pauses people permissions phases pieces places plans points policies
positions problems procedures processes properties proofs queries questions readers reads reasons records
references refusals relations releases replicas reports requests requirements results retries reviewers reviews
rewrites rights risks roles rollbacks rollouts rows rules runs samples savings scans schemas scripts seconds secrets
selects sequences servers services sessions settings shapes sides sizes snapshots sources spaces stages standbys
statements states statistics steps stops strings systems tables tasks teams terms tests things threads times tools
transactions triggers tries types unknowns updates upgrades ups users utilities validations values variables versions
views violations visitors waits warnings ways weeks windows words workers writers writes years yours zeros
is was has does goes this its us always across perhaps unless besides yes as plus thus class address access
process progress success less pass business status loss
"""

_OTHERS = (
    """
a about above absolute accepted access across action active actual actually additional after afterwards again
against age ahead all almost alone along already also although altogether an and another any anybody anyone anything
anyway anywhere apart application approval approved approximate are around as at author automatic available away back
background backup backwards bad base be because been before beforehand behind being below best better between beyond
big blank blocked both brand brief broken bulk business busy but by can cannot careful catalog certain change check
child cleaned clear clone close code column commit common comparable compared complete concurrent condition
consistent constant constraint copy correct could course critical current data database day default definition delete
deploy deployment destination different direct directly disk do does done down downtime drop due during each earlier
early easy effect either else elsewhere empty end enough entire error even every everybody everyone everything evidence
exactly example execution existing exactly expected extra fact failing failure far fast favour few fewer field file
final fine first fit five fix following follows for foreign four free fresh friday from full fully further future
general good great greater ground half hand hard has have heavy held help here high higher history hold hour how huge
idle if immediately impact important in inactive index indexed individual information inner input inside instead
integrity intended internal into involved is isolation it its itself just keep key kind known large larger last late
later latest least left legacy length less level light like likely limit line lines list little live load local lock
lock_timeout locked lone long longer lot low lower made main maintenance major many matching maximum may me mean
meantime measured memory merge method mid middle might migration mind minimum minor minute missing mode modern moment
monday more most much multiple must name near necessary need needed never new newer newest newly next no nobody none
normal not note nothing now nowhere null number numerous obsolete occasion of off often old older on once one ones
online only open or order ordinary origin original other otherwise our out outer outside over overall own owner page
parallel parent part partial particular past peak pending people per perhaps permanent place plain plan point
populated possible postgres postgresql practice present previous primary prior private probably problem proceed
process prod production program progress proper proven public purpose quick quiet quite random range rather raw read
ready real really reason recent record reference referenced referencing regular related relation relevant reliable
remaining repeat replica required requirement rest restart result retry return reverse review rewrite right risk role
rollback rollout room rough row rule run running safe same sample sandbox scale scan schedule schema scratch script
second separate sequence server session several shape share sharp short should side sight similar simple since single
six size slightly slow small smaller so some somebody someone something soon source space special specific spot stable
staging standard start state statement static steady step still stop storage strict strong structure structural such
sufficient sum sure synthetic system table target team temporary ten test than that the their them then there
therefore these they thing third this those three through throughout tight time tiny to today together tomorrow
tonight tool top total touched toward traffic transaction transition trouble true turn twelve two type typical
unchanged under underlying unique unknown unless until unused up update updated upfront upgrade upon us usage use used
useful user usual validation value various version very via view virtual visible wait want was way we week weekend
well were what whatever when whenever where whether which while who whole whose why wide wider will window with within
without word work would write wrong year yes yesterday yet you your zero
"""
    + """
matter neither nor postgres reader readers touches uses works
acquire acquires act adding additional affect affects allow allows alter alters although appear appears apply applies
ask assume assure avoid avoids become becomes begin begins belong belongs block blocks bring brings build builds came
carry cause causes come comes contain contains continue continues cost costs cover covers create creates delay delays
depend depends differ differs disappear disappears drops enforce enforces ensure ensures exist exists expect expects
fail fails fall falls fill fills finish finishes forbid force forces gain gains get gets give gives go grow grows grab
grabs guard guards happen happens held hit hits hold holds include includes involve involves join joins keeps know
lacks last lasts leads leave leaves let lets lock locks look looks lose loses make makes matter matters meet meets move
moves needs offer pass passes pile piles prevent prevents puts queue queues reach reaches read reads receive receives
refer refers reject rejects remain remains remove removes rename renames replace replaces require requires respond
restore restores rewrites rolls runs satisfy say says scans see seem seems serve set sets show shows sit sits stand
stands starts stay stays stops store stores takes tell tells touch touches tries uses violate violates waits wants
works writes
"""
)

PLURALS = frozenset(_PLURALS.split())
"""Plural nouns, and other words that end like one."""

ORDINARY = PLURALS | frozenset(_OTHERS.split())

TECHNICAL = frozenset(
    [
        "lock_timeout",
        "statement_timeout",
        "postgresql",
        "github",
        "psql",
        "javascript",
        "sqlstate",
        "pg_dump",
        "pg_stat_activity",
        "pg_locks",
        "max_locks_per_transaction",
        "maintenance_work_mem",
        "schema_migrations",
    ]
)
"""Spelled like names, and nobody's tables."""

AMBIGUOUS = frozenset(
    [
        "reads",
        "writes",
        "readers",
        "writers",
        "rows",
        "values",
        "locks",
        "statements",
        "migrations",
        "queries",
        "tables",
        "columns",
        "indexes",
        "constraints",
    ]
)
"""Words that a summary cannot do without: the name of a table only between backticks or in full."""

COMMON_NAMES = frozenset(
    [
        "account",
        "accounts",
        "activities",
        "actor",
        "actors",
        "address",
        "addresses",
        "admins",
        "agents",
        "album",
        "albums",
        "alert",
        "alerts",
        "amount",
        "answer",
        "answers",
        "appointment",
        "appointments",
        "article",
        "articles",
        "artist",
        "artists",
        "asset",
        "assets",
        "assignments",
        "attachment",
        "attachments",
        "attendance",
        "audits",
        "author",
        "authors",
        "avatar",
        "balance",
        "balances",
        "bank",
        "banks",
        "birthday",
        "birthdate",
        "blogs",
        "body",
        "booking",
        "bookings",
        "books",
        "brand",
        "brands",
        "budget",
        "budgets",
        "calendar",
        "campaign",
        "campaigns",
        "card",
        "cards",
        "carrier",
        "carriers",
        "cart",
        "carts",
        "categories",
        "category",
        "channel",
        "channels",
        "chapters",
        "chat",
        "chats",
        "cities",
        "city",
        "claims",
        "class",
        "classes",
        "colour",
        "color",
        "comments",
        "commissions",
        "companies",
        "company",
        "contact",
        "contacts",
        "contract",
        "contracts",
        "conversations",
        "countries",
        "country",
        "coupon",
        "coupons",
        "course",
        "courses",
        "credits",
        "currencies",
        "currency",
        "customer",
        "customers",
        "dates",
        "deliveries",
        "department",
        "departments",
        "depots",
        "description",
        "device",
        "devices",
        "discount",
        "discounts",
        "doctors",
        "documents",
        "domain",
        "domains",
        "donations",
        "driver",
        "drivers",
        "email",
        "emails",
        "employee",
        "employees",
        "enrollments",
        "episodes",
        "event",
        "events",
        "exam",
        "exams",
        "expenses",
        "favorites",
        "fax",
        "feature",
        "features",
        "feed",
        "feeds",
        "fee",
        "fees",
        "feedback",
        "films",
        "flights",
        "folders",
        "followers",
        "friends",
        "game",
        "games",
        "gender",
        "genres",
        "goods",
        "grades",
        "guests",
        "holidays",
        "hotels",
        "house",
        "image",
        "images",
        "incidents",
        "ingredients",
        "inventory",
        "invitations",
        "invoice",
        "invoices",
        "item",
        "items",
        "job",
        "jobs",
        "journal",
        "journals",
        "label",
        "labels",
        "languages",
        "lead",
        "leads",
        "ledger",
        "lessons",
        "licenses",
        "likes",
        "listings",
        "loans",
        "location",
        "locations",
        "login",
        "logins",
        "logs",
        "mailings",
        "manager",
        "managers",
        "measurements",
        "media",
        "member",
        "members",
        "memberships",
        "menu",
        "menus",
        "merchant",
        "merchants",
        "message",
        "messages",
        "metrics",
        "mobile",
        "movies",
        "nickname",
        "nodes",
        "notes",
        "notification",
        "notifications",
        "offer",
        "offers",
        "office",
        "offices",
        "order",
        "orders",
        "organisations",
        "organizations",
        "owner",
        "owners",
        "packages",
        "parcels",
        "participants",
        "parties",
        "partner",
        "partners",
        "passengers",
        "password",
        "passwords",
        "patients",
        "payment",
        "payments",
        "payouts",
        "payrolls",
        "people",
        "permissions",
        "person",
        "persons",
        "pets",
        "phone",
        "phones",
        "photo",
        "photos",
        "pictures",
        "plans",
        "players",
        "playlist",
        "playlists",
        "policies",
        "polls",
        "post",
        "posts",
        "price",
        "prices",
        "pricing",
        "product",
        "products",
        "profile",
        "profiles",
        "project",
        "projects",
        "promotions",
        "properties",
        "purchase",
        "purchases",
        "questions",
        "quantity",
        "quizzes",
        "quotes",
        "rating",
        "ratings",
        "receipts",
        "recipes",
        "region",
        "regions",
        "rentals",
        "reservations",
        "restaurants",
        "reviews",
        "rewards",
        "rooms",
        "salary",
        "sales",
        "schools",
        "sections",
        "sellers",
        "sensors",
        "shares",
        "shelves",
        "shift",
        "shifts",
        "shipment",
        "shipments",
        "shippings",
        "shop",
        "shops",
        "shows",
        "skill",
        "skills",
        "songs",
        "staff",
        "status",
        "stock",
        "stocks",
        "store",
        "stores",
        "stories",
        "street",
        "students",
        "subjects",
        "subscribers",
        "subscription",
        "subscriptions",
        "suppliers",
        "surname",
        "surveys",
        "tag",
        "tags",
        "task",
        "taxes",
        "team",
        "teams",
        "tenants",
        "territories",
        "threads",
        "ticket",
        "tickets",
        "title",
        "titles",
        "tokens",
        "topics",
        "total",
        "tracks",
        "trades",
        "translations",
        "trips",
        "uploads",
        "url",
        "urls",
        "user",
        "users",
        "vehicles",
        "vendors",
        "venues",
        "videos",
        "visits",
        "votes",
        "vouchers",
        "warehouse",
        "warehouses",
        "weight",
        "widgets",
        "workspaces",
        "zip",
        "zones",
        "zipcode",
    ]
)
"""What tables and columns are often called; unknown ones stand where the grammar of English has a name."""
