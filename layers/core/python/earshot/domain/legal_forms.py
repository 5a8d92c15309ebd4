"""What a company's name may carry without being it: legal forms, articles, words of groups.

The forms are facts of company law of their countries, in the spelling of registers, folded like
every word here. ``S.A.`` and ``SA`` are both listed, because dots make tokens.
"""

from earshot.domain.tokens import words

_AFTER = """
inc|incorporated|corp|corporation|co|company|companies|llc|l l c|llp|l l p|lp|l p|ltd|limited|plc
pllc|pc|pbc|lllp|dba|ulc|cic|lc|ltd co|co ltd|pty|pty ltd|pte|pte ltd|sdn|bhd|sdn bhd|berhad|pvt
private|pvt ltd|private limited|unlimited|npl|nl|gmbh|g m b h|mbh|ggmbh|gmbh & co kg|gmbh & co kgaa
ag|a g|kg|k g|kgaa|ohg|ug|ug haftungsbeschrankt|haftungsbeschrankt|ev|e v|eg|se|s e|gbr|ek|e k
co kg|co kgaa|co ohg|bv|b v|nv|n v|cv|vof|bvba|sprl|srl|s r l|sa|s a|sas|s a s|sasu|sarl|s a r l
eurl|snc|s n c|sci|scop|scrl|spa|s p a|sapa|srls|ss|societa per azioni|sl|s l|slu|s l u|sau|s a u
sll|sociedad anonima|sociedad limitada|sa de cv|s a de c v|s de rl de cv|sapi de cv|sab de cv|sac
s a c|eirl|spa chile|ltda|l t d a|eireli|me|epp|s s|sgps|lda|l d a|unipessoal|ab|a b|publ|hb|kb|as
a s|asa|a s a|ans|da|ba|aps|ivs|a p s|oy|oyj|oy ab|ky|hf|ehf|ohf|ou|uab|sia|sp z o o|sp zoo
spolka z o o|sp k|sp j|spolka akcyjna|s r o|sro|spol s r o|a s|vos|k s|kft|zrt|nyrt|bt|rt|doo|d o o
dd|d d|ad|a d|ead|ood|eood|jsc|ojsc|cjsc|pjsc|ao|oao|zao|pao|ooo|tov|too|ip|as turkey|anonim sirketi
limited sirketi|ltd sti|san tic|san ve tic|sti|a o|k k|kk|gk|yk|y k|kabushiki kaisha|godo kaisha
co ltd|tbk|persero|jmk|jsc vietnam|tnhh|cong ty|pjsc uae|fze|fzco|fz llc|fzc|wll|w l l|bsc|b s c
saog|saoc|spc|qsc|q s c|qpsc|psc|kscp|ksc|est|ae|a e|epe|e p e|ike|mike|oe|ltd israel|bm|b m
股份有限公司|有限责任公司|有限責任公司|有限公司|集团|集團|株式会社|有限会社|合同会社|주식회사|유한회사|ооо|зао
оао|пао|ао|тов|тоо|ад|оод|еоод|дд|доо|αε|α ε|επε|ε π ε|ικε|εε|ש ת|בעמ
"""  # noqa: RUF001 - registers of Bulgaria, Russia, Serbia, Greece
_BEFORE = """
株式会社|有限会社|合同会社|주식회사|유한회사|ооо|зао|оао|пао|ао|тов|тоо|ooo|oao|zao|pao|pt|p t|cv
cong ty|cong ty tnhh|the|firma
"""  # noqa: RUF001
_GROUP = "group|groupe|gruppe|grupo|gruppo|holding|holdings|international|worldwide|global"


def _forms(listed: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words(form)) for form in listed.replace("\n", "|").split("|") if form)


AFTER = _forms(_AFTER)
BEFORE = _forms(_BEFORE)
GROUP = _forms(_GROUP)
_LAST = {form[-1] for form in AFTER} | {"&", "and"}
_FIRST = {form[0] for form in BEFORE}
_LONGEST = max(map(len, AFTER | BEFORE))
_SMALL = """
& a about after again all also always am an and any anybody are as at away back be because been
before being but by can could das de der did die do does done down el es et even ever every few for
from get gets go goes going good got great had has have he her here hers him his how i if in into is
it its just know la las le les like los make many me more most much my never new no not now of off
on one only or other our out over own per que same say see she should so some still such than that
the their them then there these they thing things think this those through time to today too two
und under until up us very want was way we well were what when where which while who why will with
would y yes yet you your
"""
# Words that say nothing of whom a name belongs to; a name of these alone is not searched.
EMPTY_WORDS = frozenset(
    word for form in AFTER | GROUP | BEFORE for word in form if len(word) > 1
) | frozenset(_SMALL.split())


def without_form(name: tuple[str, ...]) -> tuple[str, ...]:
    """``("acme", "gmbh", "&", "co", "kg")`` becomes ``("acme",)``; never the whole name."""
    kept = name
    if name and name[-1] not in _LAST and name[0] not in _FIRST:
        return kept
    while (shorter := _once(kept)) != kept:
        kept = shorter
    return kept


def without_group(name: tuple[str, ...]) -> tuple[str, ...]:
    return name[:-1] if len(name) > 1 and name[-1:] in GROUP else name


def _once(name: tuple[str, ...]) -> tuple[str, ...]:
    for length in range(min(_LONGEST, len(name) - 1), 0, -1):
        if name[-length:] in AFTER:
            return name[:-length]
        if name[:length] in BEFORE:
            return name[length:]
    return name[:-1] if len(name) > 1 and name[-1] in {"&", "and"} else name
