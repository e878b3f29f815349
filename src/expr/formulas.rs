//! The meanings of functions in workbooks; what is written of arguments stands in [`excel`](crate::expr::excel).

use crate::expr::excel::{Shape, Term, quoted, written};
use crate::expr::types::Scalar;
use crate::expr::value::Value;

type Made = Option<Term>;

fn number(of: impl FnOnce(&str) -> String, terms: &[Term]) -> Made {
    Some(Term::number(of(&terms[0].num()?)))
}

/// A function of one number that Excel has under this name.
macro_rules! same {
    ($($name:ident => $excel:literal;)*) => {
        $(pub(super) fn $name(terms: &[Term]) -> Made {
            number(|n| format!(concat!($excel, "({}+0)"), n), terms)
        })*
    };
}

same! {
    abs => "ABS"; sqrt => "SQRT"; exp => "EXP"; log => "LN"; log10 => "LOG10";
    sin => "SIN"; cos => "COS"; tan => "TAN"; asin => "ASIN"; acos => "ACOS"; atan => "ATAN";
}

pub(super) fn true_(_: &[Term]) -> Made {
    Some(Term::literal(Value::Boolean(true)))
}

pub(super) fn false_(_: &[Term]) -> Made {
    Some(Term::literal(Value::Boolean(false)))
}

pub(super) fn pi(_: &[Term]) -> Made {
    Some(Term::number("PI()".to_owned()))
}

pub(super) fn int(terms: &[Term]) -> Made {
    Some(Term::number(format!("TRUNC({})", terms[0].n15()?)))
}

pub(super) fn floor(terms: &[Term]) -> Made {
    Some(Term::number(format!("INT({})", terms[0].n15()?)))
}

pub(super) fn ceiling(terms: &[Term]) -> Made {
    Some(Term::number(format!("-INT(-{})", terms[0].n15()?)))
}

pub(super) fn round(terms: &[Term]) -> Made {
    let places = terms.get(1).map_or(Some("0".to_owned()), Term::num)?;
    Some(Term::number(format!("ROUND({},TRUNC({places}+0))", terms[0].n15()?)))
}

/// `0^0` is 1 here and a fault in Excel.
pub(super) fn pow(terms: &[Term]) -> Made {
    let (n, power) = (terms[0].num()?, terms[1].num()?);
    Some(Term::number(format!("IF(({power}+0)=0,({n})*0+1,POWER({n}+0,{power}+0))")))
}

/// What is too small to be written is 0 in Excel and a fault in LibreOffice.
pub(super) fn exp10(terms: &[Term]) -> Made {
    number(|n| format!("IF(({n}+0)<-330,0,POWER(10,{n}+0))"), terms)
}

pub(super) fn atan2(terms: &[Term]) -> Made {
    let (y, x) = (terms[0].num()?, terms[1].num()?);
    Some(Term::number(format!("IF(AND(({y}+0)=0,({x}+0)=0),0,ATAN2({x}+0,{y}+0))")))
}

/// A text as a number is read by the workbook's own language, so only what is none needs no reading.
pub(super) fn number_of(terms: &[Term]) -> Made {
    let term = &terms[0];
    match term.scalar {
        Scalar::Number => Some(term.clone()),
        Scalar::Date => Some(Term::number(format!("(({})-25569)", term.num()?))),
        Scalar::Boolean => Some(Term::number(format!("IF({},1,0)", term.truth()?))),
        Scalar::Any => number(str::to_owned, terms),
        Scalar::Text => match crate::expr::numbers::number(&[Value::text(term.literal_text()?)]) {
            Value::Number(read) => Some(Term::literal(Value::Number(read))),
            _ => Some(Term::number("\"\"".to_owned())),
        },
    }
}

pub(super) fn if_(terms: &[Term]) -> Made {
    let [condition, then, otherwise] = terms else { return None };
    let scalar = branch(&terms[1..])?;
    Some(Term::like(format!("IF({},{},{})", condition.holds()?, plain(then)?, plain(otherwise)?), scalar))
}

/// The type of branches; lists have no formula.
fn branch(terms: &[Term]) -> Option<Scalar> {
    if terms.iter().any(Term::is_list) {
        return None;
    }
    let known = terms.iter().map(|term| term.scalar).find(|scalar| *scalar != Scalar::Any);
    Some(known.unwrap_or(Scalar::Text))
}

/// A branch as it is: its errors are cleaned where they are asked for.
fn plain(term: &Term) -> Option<String> {
    match term.scalar {
        Scalar::Text => term.letters(),
        Scalar::Boolean => term.truth(),
        Scalar::Number | Scalar::Date | Scalar::Any => term.num(),
    }
}

pub(super) fn coalesce(terms: &[Term]) -> Made {
    let scalar = branch(terms)?;
    let (last, before) = terms.split_last()?;
    let mut made = plain(last)?;
    for term in before.iter().rev() {
        made = format!("IF({},{made},{})", term.blank()?, plain(term)?);
    }
    Some(Term::like(made, scalar))
}

pub(super) fn not(terms: &[Term]) -> Made {
    Some(Term::boolean(format!("IFERROR(NOT({}),\"\")", terms[0].truth()?)))
}

pub(super) fn boolean(terms: &[Term]) -> Made {
    let term = &terms[0];
    Some(Term::boolean(match term.scalar {
        Scalar::Boolean => term.holds()?,
        Scalar::Number => format!("IFERROR(({}+0)<>0,FALSE)", term.num()?),
        _ => format!("NOT({})", term.blank()?),
    }))
}

pub(super) fn from_string(terms: &[Term]) -> Made {
    let text = terms[0].letters()?;
    Some(Term::boolean(format!("OR(EXACT({text},\"true\"),EXACT({text},\"1\"))")))
}

/// How many conditions are true.
fn checked(terms: &[Term]) -> Option<String> {
    let each: Option<Vec<String>> = items(terms)
        .iter()
        .map(|term| match term.shape {
            Shape::Range(_) => Some(format!("SUMPRODUCT(--({}=TRUE))", term.text)),
            _ => Some(format!("IF({},1,0)", term.holds()?)),
        })
        .collect();
    let each = each?;
    Some(if each.is_empty() { "0".to_owned() } else { each.join("+") })
}

fn within(bounds: &[Term], found: &str) -> Made {
    let (least, most) = (bounds[0].literal_number()?, bounds[1].literal_number()?);
    let mut tests = vec![format!("ISNUMBER({found})")];
    if least != -1.0 {
        tests.push(format!("VALUE(({found})&\"\")>={}", written(least)));
    }
    if most != -1.0 {
        tests.push(format!("VALUE(({found})&\"\")<={}", written(most)));
    }
    Some(Term::boolean(format!("IFERROR(IF(ISERROR({found}),\"\",AND({})),\"\")", tests.join(","))))
}

/// Bounds that a minus stands before are no literals any more.
fn bounded(terms: &[Term]) -> Option<Vec<Term>> {
    let bound = |term: &Term| match term.text.strip_prefix("-(").and_then(|rest| rest.strip_suffix("+0)")) {
        Some(inner) => inner.parse::<f64>().ok().map(|n| Term::literal(Value::Number(-n))),
        None => Some(term.clone()),
    };
    terms[..2].iter().map(bound).collect()
}

pub(super) fn checklist(terms: &[Term]) -> Made {
    within(&bounded(terms)?, &format!("({})", checked(&terms[2..])?))
}

pub(super) fn weighted(terms: &[Term]) -> Made {
    let mut each = Vec::new();
    for pair in terms[2..].chunks(2) {
        each.push(format!("IF({},{}+0,0)", pair[0].holds()?, pair[1].num()?));
    }
    let sum = if each.is_empty() { "0".to_owned() } else { each.join("+") };
    within(&bounded(terms)?, &format!("({sum})"))
}

pub(super) fn isblank(terms: &[Term]) -> Made {
    Some(Term::boolean(terms[0].blank()?))
}

/// Single values and ranges, lists of cells taken apart.
fn items(terms: &[Term]) -> Vec<Term> {
    let apart = |term: &Term| match &term.shape {
        Shape::Items(items) => items.clone(),
        Shape::Literal(value @ (Value::List(_) | Value::Shared(_))) => {
            value.elements().iter().cloned().map(Term::literal).collect()
        }
        _ => vec![term.clone()],
    };
    terms.iter().flat_map(apart).collect()
}

/// What is given, as arguments of a function that overlooks texts and blanks in cells; `instead` stands for an empty.
fn given(terms: &[Term], instead: Option<&str>) -> Option<Vec<String>> {
    let mut written = Vec::new();
    for term in items(terms) {
        match (&term.shape, instead) {
            (Shape::Literal(Value::Empty), _) => {}
            (Shape::Range(_) | Shape::Cell, _) if term.scalar != Scalar::Text => written.push(term.text),
            (Shape::Literal(_), _) => written.push(term.num()?),
            (_, Some(instead)) => written.push(format!("IFERROR({}+0,{instead})", term.num()?)),
            _ => return None,
        }
    }
    Some(written)
}

fn counted(terms: &[Term]) -> Option<String> {
    let given = given(terms, Some("\"\""))?;
    Some(if given.is_empty() { "0".to_owned() } else { format!("COUNT({})", given.join(",")) })
}

fn aggregate(terms: &[Term], made: impl FnOnce(&str, &str) -> String, instead: Option<&str>) -> Made {
    let (count, given) = (counted(terms)?, given(terms, instead)?);
    if given.is_empty() {
        return Some(Term::number("\"\"".to_owned()));
    }
    Some(Term::number(format!("IF({count}=0,\"\",{})", made(&given.join(","), &count))))
}

pub(super) fn sum(terms: &[Term]) -> Made {
    aggregate(terms, |given, _| format!("SUM({given})"), Some("0"))
}

pub(super) fn avg(terms: &[Term]) -> Made {
    aggregate(terms, |given, count| format!("SUM({given})/{count}"), Some("0"))
}

pub(super) fn median(terms: &[Term]) -> Made {
    aggregate(terms, |given, _| format!("MEDIAN({given})"), None)
}

pub(super) fn min(terms: &[Term]) -> Made {
    extreme(terms, "MIN")
}

pub(super) fn max(terms: &[Term]) -> Made {
    extreme(terms, "MAX")
}

fn extreme(terms: &[Term], name: &str) -> Made {
    let days = items(terms).iter().any(|term| term.scalar == Scalar::Date);
    let made = aggregate(terms, |given, _| format!("{name}({given})"), None)?;
    Some(if days { Term::day(made.text) } else { made })
}

pub(super) fn count(terms: &[Term]) -> Made {
    let each: Option<Vec<String>> = items(terms)
        .iter()
        .map(|term| match term.shape {
            Shape::Range(_) => Some(format!("SUMPRODUCT(--(LEN({})>0))", term.text)),
            _ => Some(format!("IF({},0,1)", term.blank()?)),
        })
        .collect();
    let each = each?;
    Some(Term::number(if each.is_empty() { "0".to_owned() } else { format!("({})", each.join("+")) }))
}

/// Which cells of a range are a value, as an array of 0 and 1; only inside SUMPRODUCT.
fn matching(range: &Term, value: &Term) -> Option<String> {
    let cells = &range.text;
    let same = match (range.scalar, value.scalar) {
        (Scalar::Text, _) | (_, Scalar::Text) => format!("EXACT({cells},{})", value.letters()?),
        (Scalar::Boolean, _) | (_, Scalar::Boolean) => format!("({cells}=IFERROR({},\"\"))", value.truth()?),
        _ => format!("({cells}=IFERROR({},\"\"))", value.n15()?),
    };
    Some(format!("(LEN({cells})>0)*{same}"))
}

/// How many values of a list are a value.
fn matches(list: &Term, value: &Term) -> Option<String> {
    let each: Option<Vec<String>> = items(std::slice::from_ref(list))
        .iter()
        .map(|term| match term.shape {
            Shape::Range(_) => Some(format!("SUMPRODUCT({})", matching(term, value)?)),
            _ => Some(format!("IF(AND(NOT({}),{}),1,0)", term.blank()?, is(term, value)?)),
        })
        .collect();
    let each = each?;
    Some(if each.is_empty() { "0".to_owned() } else { format!("({})", each.join("+")) })
}

/// Whether two single values are the same, never empty.
fn is(one: &Term, other: &Term) -> Option<String> {
    let textual = one.scalar == Scalar::Text || other.scalar == Scalar::Text;
    Some(if textual {
        format!("EXACT({},{})", one.letters()?, other.letters()?)
    } else if one.scalar == Scalar::Boolean || other.scalar == Scalar::Boolean {
        format!("IFERROR(IF({},1,0)=IF({},1,0),FALSE)", one.truth()?, other.truth()?)
    } else {
        format!("IFERROR({}={},FALSE)", one.n15()?, other.n15()?)
    })
}

pub(super) fn selected(terms: &[Term]) -> Made {
    Some(Term::boolean(format!("({}>0)", matches(&terms[0], &terms[1])?)))
}

pub(super) fn countif(terms: &[Term]) -> Made {
    Some(Term::number(format!("IF({},\"\",{})", terms[0].blank()?, matches(&terms[0], &terms[1])?)))
}

/// Over ranges of one size: 0 where nothing matches, empty where nothing is given beside what does.
pub(super) fn sumif(terms: &[Term]) -> Made {
    let (list, value) = (&terms[0], &terms[1]);
    let summed = terms.get(2).unwrap_or(list);
    match (&list.shape, &summed.shape) {
        (Shape::Range(one), Shape::Range(other)) if one == other => {}
        _ => return None,
    }
    let (found, cells) = (matching(list, value)?, &summed.text);
    let sum = format!("SUMPRODUCT({found}*ISNUMBER({cells}),{cells})");
    let given = format!("IF(SUMPRODUCT({found}*ISNUMBER({cells}))=0,\"\",{sum})");
    Some(Term::number(format!("IF({},\"\",IF(SUMPRODUCT({found})=0,0,{given}))", list.blank()?)))
}

pub(super) fn rank(terms: &[Term]) -> Made {
    let Shape::Range(_) = terms[1].shape else { return None };
    let (own, cells) = (terms[0].n15()?, &terms[1].text);
    let before = |sign: &str| format!("SUMPRODUCT(ISNUMBER({cells})*({cells}{sign}{own}))");
    let ahead = match terms.get(2) {
        None => before(">"),
        Some(up) => format!("IF({},{},{})", up.truth()?, before("<"), before(">")),
    };
    Some(Term::number(format!("IF(COUNT({cells})=0,\"\",IF(ISERROR({own}),\"\",1+{ahead}))")))
}

pub(super) fn quantile(terms: &[Term]) -> Made {
    let Shape::Range(_) = terms[0].shape else { return None };
    Some(Term::number(format!("PERCENTILE({},{}+0)", terms[0].text, terms[1].num()?)))
}

pub(super) fn selected_at(terms: &[Term]) -> Made {
    let (Shape::Range(size), n) = (&terms[0].shape, terms[1].num()?) else { return None };
    let cells = &terms[0].text;
    let within = format!("AND(({n}+0)>=0,({n}+0)<{size},({n}+0)=INT({n}+0))");
    Some(Term::text(format!("IFERROR(IF({within},INDEX({cells},1+{n})&\"\",\"\"),\"\")")))
}

pub(super) fn join(terms: &[Term]) -> Made {
    let by = quoted(&terms[0].literal_text()?);
    let mut parts = Vec::new();
    for term in items(&terms[1..]) {
        let text = if term.is_list() { return None } else { term.letters()? };
        parts.push(format!("IF(LEN({text})=0,\"\",{by}&{text})"));
    }
    let all = if parts.is_empty() { "\"\"".to_owned() } else { parts.join("&") };
    Some(Term::text(format!("MID({all},LEN({by})+1,32767)")))
}

pub(super) fn string(terms: &[Term]) -> Made {
    terms[0].letters().map(Term::text)
}

pub(super) fn concat(terms: &[Term]) -> Made {
    let each: Option<Vec<String>> =
        items(terms).iter().map(|term| if term.is_list() { None } else { term.letters() }).collect();
    let each = each?;
    Some(Term::text(if each.is_empty() { "\"\"".to_owned() } else { format!("({})", each.join("&")) }))
}

pub(super) fn length(terms: &[Term]) -> Made {
    Some(Term::number(format!("LEN({})", terms[0].letters()?)))
}

pub(super) fn contains(terms: &[Term]) -> Made {
    let (text, part) = (terms[0].letters()?, terms[1].letters()?);
    Some(Term::boolean(format!("IF(LEN({part})=0,TRUE,ISNUMBER(FIND({part},{text})))")))
}

pub(super) fn starts_with(terms: &[Term]) -> Made {
    let (text, part) = (terms[0].letters()?, terms[1].letters()?);
    Some(Term::boolean(format!("EXACT(LEFT({text},LEN({part})),{part})")))
}

pub(super) fn ends_with(terms: &[Term]) -> Made {
    let (text, part) = (terms[0].letters()?, terms[1].letters()?);
    Some(Term::boolean(format!("IF(LEN({part})=0,TRUE,EXACT(RIGHT({text},LEN({part})),{part}))")))
}

/// Places that are written in the form; others would have to be asked for their signs.
fn literal_place(term: &Term) -> Option<f64> {
    term.literal_number().filter(|n| *n >= 0.0 && n.fract() == 0.0)
}

pub(super) fn substr(terms: &[Term]) -> Made {
    let (text, from) = (terms[0].letters()?, literal_place(&terms[1])?);
    let length = match terms.get(2) {
        None => 32_767.0,
        Some(to) => (literal_place(to)? - from).max(0.0),
    };
    Some(Term::text(format!("MID({text},{},{})", written(from + 1.0), written(length))))
}

pub(super) fn substring(terms: &[Term]) -> Made {
    let (text, from) = (terms[0].letters()?, literal_place(&terms[1]).filter(|n| *n >= 1.0)?);
    let length = terms.get(2).map_or(Some(32_767.0), literal_place)?;
    Some(Term::text(format!("MID({text},{},{})", written(from), written(length))))
}

pub(super) fn before(terms: &[Term]) -> Made {
    let (text, part) = (terms[0].letters()?, terms[1].letters()?);
    Some(Term::text(format!("IF(LEN({part})=0,\"\",IFERROR(LEFT({text},FIND({part},{text})-1),\"\"))")))
}

pub(super) fn after(terms: &[Term]) -> Made {
    let (text, part) = (terms[0].letters()?, terms[1].letters()?);
    let rest = format!("MID({text},FIND({part},{text})+LEN({part}),32767)");
    Some(Term::text(format!("IF(LEN({part})=0,{text},IFERROR({rest},\"\"))")))
}

/// TRIM knows no space but one.
pub(super) fn normalize_space(terms: &[Term]) -> Made {
    let spaces = ["CHAR(9)", "CHAR(10)", "CHAR(13)", "\"\u{a0}\""];
    let one = spaces.iter().fold(terms[0].letters()?, |text, space| format!("SUBSTITUTE({text},{space},\" \")"));
    Some(Term::text(format!("TRIM({one})")))
}

/// One character after another, where none that has been put in is taken out again.
pub(super) fn translate(terms: &[Term]) -> Made {
    let [from, to]: [Vec<char>; 2] =
        [terms[1].literal_text()?.chars().collect(), terms[2].literal_text()?.chars().collect()];
    let mut text = terms[0].letters()?;
    for (at, c) in from.iter().enumerate() {
        if from[..at].contains(c) {
            continue;
        }
        if to.iter().take(at).any(|put| put == c) {
            return None;
        }
        let instead = to.get(at).map(char::to_string).unwrap_or_default();
        text = format!("SUBSTITUTE({text},{},{})", quoted(&c.to_string()), quoted(&instead));
    }
    Some(Term::text(text))
}

/// A day that is written, or one already: a text in a cell is not taken apart.
pub(super) fn date(terms: &[Term]) -> Made {
    match (&terms[0].shape, terms[0].scalar) {
        (_, Scalar::Date) => Some(terms[0].clone()),
        (Shape::Literal(value @ (Value::Text(_) | Value::Empty)), _) => {
            match crate::expr::dates::date(std::slice::from_ref(value)) {
                Value::Empty => Some(Term::day("\"\"".to_owned())),
                day => Some(Term::literal(day)),
            }
        }
        _ => None,
    }
}

/// The parts of a day, whose names no language of the workbook changes.
pub(super) fn format_date(terms: &[Term]) -> Made {
    if terms[0].scalar != Scalar::Date {
        return None;
    }
    let (day, format) = (terms[0].num()?, terms[1].literal_text()?);
    let mut parts = Vec::new();
    let mut letters = format.chars();
    while let Some(c) = letters.next() {
        parts.push(match (c, if c == '%' { letters.next() } else { None }) {
            ('%', code) => crate::expr::dates::formula_code(code?, &format!("({day}+0)"))?,
            (c, _) => quoted(&c.to_string()),
        });
    }
    let all = if parts.is_empty() { "\"\"".to_owned() } else { parts.join("&") };
    Some(Term::text(format!("IFERROR(IF(ISNUMBER({day}+0),{all},\"\"),\"\")")))
}
