package demo

import "fmt"

// Person is somebody of the demo's company. Role is one of the shipped roles.
type Person struct {
	Email    string
	Name     string
	Role     string
	Language string
	Teams    []string
}

// People are the users of the demo; identity makes them. The sales people own
// the customers of their teams.
func People() []Person {
	return []Person{
		{"admin@demo.example", "Demo Admin", "admin", "zh-CN", nil},
		{"finance@demo.example", "周若安", "finance-manager", "zh-CN", nil},
		{"lin@demo.example", "林知夏", "sales", "zh-CN", []string{"华东", "华北"}},
		{"he@demo.example", "何屿", "sales", "zh-CN", []string{"华南"}},
		{"mara@demo.example", "Mara Lindqvist", "sales", "en", []string{"EMEA", "Americas"}},
	}
}

// place is where a group of customers is.
type place struct {
	region, owner, language, currency string
	zones                             []string
}

var places = []place{
	{"华东", "lin@demo.example", "zh-CN", "CNY", []string{"Asia/Shanghai"}},
	{"华南", "he@demo.example", "zh-CN", "CNY", []string{"Asia/Shanghai"}},
	{"华北", "lin@demo.example", "zh-CN", "CNY", []string{"Asia/Shanghai"}},
	{"EMEA", "mara@demo.example", "en", "EUR", []string{"Europe/Berlin", "Europe/Oslo", "Europe/London", "Africa/Johannesburg"}},
	{"Americas", "mara@demo.example", "en", "USD", []string{"America/New_York", "America/Chicago", "America/Sao_Paulo", "America/Vancouver"}},
}

// The names are made up; any likeness is chance.
var chinese = []string{
	"鹭汀川精密机械", "云岫禾食品", "砚田青新材料", "栖霁光电", "苍梧渡物流", "梨雪堂日化", "瀚屿舟船舶配件", "麦隐林农业科技", "朔月桥建材", "星垂野智能装备",
	"雾凇岭制冷设备", "青橘巷文创", "玄圃园生物科技", "听澜阁酒店用品", "锦鲤湾水产", "竹溪月纸业", "赤霞岭矿山机械", "浮玉山环保工程", "知更鸟教育科技", "银杏渡医疗器械",
	"石榴井服饰", "白鹭洲软件", "长汀雨电子", "松涛里家居", "暮山紫涂料", "橙光塔照明", "渔火村冷链", "雁回岭电力设备", "落星湖旅游用品", "半夏坡中药材",
}

var international = []string{
	"Blue Fjord Tools AS", "Kestrel & Moor Ltd", "Tannhof Werkstoffe GmbH", "Marisol Textiles SL", "Vireo Packaging BV", "Oakenshade Furniture Ltd",
	"Lumenquay Optics SAS", "Bramblewick Foods Ltd", "Sternbach Antriebe GmbH", "Palude Ceramica Srl", "Noordlicht Kassen BV", "Fynbosveld Wines Pty",
	"Hollowmere Print Ltd", "Skogvind Energi AS", "Aldermoor Medical Ltd", "Copper Mesa Supply Inc", "Juniper Falls Outfitters LLC", "Pinecrest Harbor Foods Inc",
	"Rio Turvo Embalagens Ltda", "Silverbirch Robotics Inc", "Tidewrack Marine LLC", "Maple Ridge Instruments Inc", "Cactus Wren Solar LLC", "Northgate Prairie Grain Inc",
	"Luz do Vale Moveis Ltda", "Redwood Hollow Labs Inc", "Bayou Lantern Catering LLC", "Granite Pass Logistics Inc", "Larkspur Toys Inc", "Ember Lake Brewing LLC",
}

var cities = map[string][]string{"华东": {"杭州", "苏州", "上海", "宁波"}, "华南": {"深圳", "厦门", "佛山"}, "华北": {"天津", "石家庄", "青岛"}}

// customers is how many customers the demo has.
var customers = len(chinese) + len(international)

// profile is a customer as the plan sees it.
type profile struct {
	place
	n    int
	name string
	tier string
}

func (p profile) id() string { return fmt.Sprintf("demo-c-%02d", p.n+1) }

// profileOf gives the customer with an index from 0.
func profileOf(n int) profile {
	p := profile{n: n, tier: []string{"B", "A", "C", "B", "C", "B", "B", "C"}[n%8]}
	if n < len(chinese) {
		p.place = places[n%3]
		city := cities[p.region][n/3%len(cities[p.region])]
		p.name = city + chinese[n] + "有限公司"
		return p
	}
	k := n - len(chinese)
	p.place = places[3+k/15%2]
	p.name = international[k]
	if k%6 == 5 { // some invoices abroad are in dollars wherever the customer is
		p.currency = "USD"
	}
	return p
}

// fields are the data of the customer's record.
func (p profile) fields(owner func(email string) string) map[string]any {
	out := map[string]any{
		"name": p.name, "number": fmt.Sprintf("C%04d", 1001+p.n), "externalId": p.id(), "tier": p.tier,
		"owner": owner(p.owner), "team": p.region, "region": p.region, "language": p.language,
		"timezone": p.zones[p.n%len(p.zones)], "email": fmt.Sprintf("ar%02d@example.com", p.n+1), "preferredChannel": "sandbox",
		"creditLimit": int64(50_000_00) * int64(1+p.n%6),
	}
	if p.tier == "A" {
		out["note"] = map[string]string{"zh-CN": "重点客户，请由专属顾问先电话沟通。", "en": "Key account: the adviser calls first."}[p.language]
	}
	return out
}

// The people who pay the bills.
var (
	chineseNames       = []string{"陈静", "王磊", "李娜", "赵敏", "周杰", "吴芳", "徐明", "孙丽"}
	internationalNames = []string{"Nora Lind", "Paul Becker", "Ines Duarte", "Owen Price", "Hanna Vogel", "Luca Moretti", "Sara Holm", "Tom Reyes"}
)

// contact is who pays the bills there: three of four customers have named
// somebody; the others are reached at the company's own address.
func (p profile) contact() map[string]any {
	if p.n%4 == 3 {
		return nil
	}
	name, role, mobile := internationalNames[p.n%len(internationalNames)], "Accounts payable", "+44 7700 900%03d"
	if p.language == "zh-CN" {
		name, role, mobile = chineseNames[p.n%len(chineseNames)], "应付会计", "+86 138 0000 0%03d"
	}
	return map[string]any{
		"customer": p.id(), "name": name, "role": role, "email": fmt.Sprintf("ap%02d@example.com", p.n+1), "mobile": fmt.Sprintf(mobile, 100+p.n), "primary": true,
	}
}
