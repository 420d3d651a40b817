"""What the benchmark's resident writes: about a hundred characters, as most people do."""

BODY = (
    "柳湾河边的夜市每天营业到凌晨两点,音响声音很大,家里老人整夜睡不好觉。我们几次到社区反映,社区说已经转告市场"
    "管理方,但是情况没有变化。希望有关部门到现场看一看,规定收摊时间,并把处理结果告诉我们。"
)
