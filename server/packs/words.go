package packs

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/pack"
)

// partWords are what people call the pieces of messages and boards.
var partWords = map[string]flow.Text{
	"name": {"en": "Name", "zh-CN": "名称"}, "about": {"en": "What it is for", "zh-CN": "用途说明"}, "tone": {"en": "Tone", "zh-CN": "语气"},
	"kind": {"en": "Kind", "zh-CN": "类型"}, "columns": {"en": "Columns", "zh-CN": "列"}, "filter": {"en": "Filter", "zh-CN": "筛选条件"},
	"lanes": {"en": "Lanes", "zh-CN": "泳道"}, "sort": {"en": "Order", "zh-CN": "排序"}, "limits": {"en": "Limits of columns", "zh-CN": "列的上限"},
	"days":    {"en": "Days", "zh-CN": "日期"},
	"base":    {"en": "Based on", "zh-CN": "基于"},
	"group":   {"en": "Heading of the fields", "zh-CN": "字段分组标题"},
	"subject": {"en": "Subject", "zh-CN": "主题"}, "text": {"en": "Text", "zh-CN": "正文"}, "html": {"en": "Formatted text", "zh-CN": "富文本正文"},
}

var languageWords = map[string]flow.Text{"en": {"en": "English", "zh-CN": "英文"}, "zh-CN": {"en": "Chinese", "zh-CN": "中文"}}

// call names the pieces that both sides have changed, in the words of people
// who know the steps, fields and messages by their names.
func (s *Service) call(ctx context.Context, ws string, o pack.Object, clashes []pack.Clash, templates map[string]flow.Text) {
	if len(clashes) == 0 {
		return
	}
	if o.Kind == pack.Flow {
		words := s.Flows.Words(ctx, ws, o.Raw, templates)
		for k := range clashes {
			c := &clashes[k]
			if words != nil {
				c.Name, c.MineSays, c.TheirsSays = words.Name(c.Unit, c.Mine), words.Says(c.Unit, c.Mine), words.Says(c.Unit, c.Theirs)
			}
		}
		return
	}
	if o.Kind == pack.Calendar {
		for k := range clashes {
			calendarPart(&clashes[k])
		}
		return
	}
	for k := range clashes {
		clashes[k].Name = partName(o.Kind, clashes[k])
	}
}

func partName(kind pack.Kind, c pack.Clash) flow.Text {
	parts := strings.Split(c.Unit, "/")
	switch {
	case kind == pack.Form && parts[0] == "fields":
		for _, raw := range []json.RawMessage{c.Mine, c.Theirs, c.Base} {
			var f struct {
				Label flow.Text `json:"x-df-label"`
			}
			if json.Unmarshal(raw, &f) == nil && len(f.Label) > 0 {
				return f.Label
			}
		}
	case kind == pack.Message && parts[0] == "variant" && len(parts) == 3:
		part, lang := partWords[parts[2]], languageWords[parts[1]]
		if part != nil && lang != nil {
			return flow.Text{"en": part["en"] + ", " + lang["en"], "zh-CN": part["zh-CN"] + "（" + lang["zh-CN"] + "）"}
		}
	}
	return partWords[parts[0]]
}

// formName is what a built-in form is called; its fields are added to it.
func formName(key string) flow.Text {
	if f := form.Builtin()[key]; f != nil {
		return f.Name
	}
	return nil
}
