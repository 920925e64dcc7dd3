//! What entities are declared with.
//!
//! `#[derive(codes::InOrder)]`: a row read by the places of its columns.
//!
//! `#[codes::code]`: an enum of machine codes (代码) – a status, a kind, a reason – declared once.
//!
//! Column, JSON, contract, filter and label all say the same word for a variant: its name in snake case.
//!
//! ```ignore
//! /// Where a count stands (盘点状态).
//! #[codes::code(name = "StockCountStatus")]
//! pub enum Status {
//!     /// 已盘点
//!     Counted,
//!     /// 已入账: the difference stands in the ledger.
//!     Posted,
//!     /// 短信
//!     #[label("SMS")]
//!     Sms,
//! }
//! ```
//!
//! The Chinese label is what a variant's comment says before its first `:`; the English one is the code in words,
//! or what `#[label]` says. `#[code("LEAD")]` names the code of a variant that is not stored and goes by another word.
//! Both go into the contract as `x-labels`, from where `/v1/meta/enums` takes them.
//! `ALL` and `CODES` have every value and code in order, `code()` and `labels()` those of a value.

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::parse::Parser;
use syn::{
    Attribute, Error, Expr, ExprLit, Fields, GenericArgument, ItemEnum, ItemStruct, Lit, LitStr, Meta, PathArguments,
    Type, Variant, parse_macro_input, parse_quote,
};

/// Makes an enum a list of codes. `name` is its name in the contract when the type's own would not be unique there;
/// `stored = false` leaves out the column type.
#[proc_macro_attribute]
pub fn code(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut item = parse_macro_input!(item as ItemEnum);
    let (mut name, mut stored) = (item.ident.to_string(), true);
    let read = syn::meta::parser(|meta| {
        if meta.path.is_ident("name") {
            name = meta.value()?.parse::<LitStr>()?.value();
            return Ok(());
        }
        if meta.path.is_ident("stored") {
            stored = meta.value()?.parse::<syn::LitBool>()?.value;
            return Ok(());
        }
        Err(meta.error("`name` or `stored`"))
    });
    if let Err(error) = read.parse(arguments) {
        return error.to_compile_error().into();
    }
    expand(&mut item, &name, stored).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Reads a row by the places of its columns, which are those of the fields: `in_order`.
#[proc_macro_derive(InOrder)]
pub fn in_order(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as ItemStruct);
    if let Some(left_out) = item.fields.iter().flat_map(|field| &field.attrs).find(|it| is_ignored(it)) {
        return Error::new_spanned(left_out, "the places are those of columns").to_compile_error().into();
    }
    let ident = &item.ident;
    let fields = item.fields.iter().map(|field| &field.ident);
    let cells = item.fields.iter().enumerate().map(|(place, field)| match optional(&field.ty) {
        Some(kind) => quote!(<#kind as ::store::cell::Cell>::read(row, #place)?),
        None => quote!(::store::cell::present(row, #place)?),
    });
    quote! {
        impl #ident {
            /// A row whose columns come in the order of the fields.
            pub fn in_order(row: &::sea_orm::QueryResult) -> Result<Self, ::sea_orm::DbErr> {
                Ok(Self { #(#fields: #cells),* })
            }
        }
    }
    .into()
}

/// What an `Option` holds.
fn optional(kind: &Type) -> Option<&Type> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(held) = &last.arguments else { return None };
    match held.args.first()? {
        GenericArgument::Type(kind) => Some(kind),
        _ => None,
    }
}

/// `#[sea_orm(ignore)]`
fn is_ignored(attribute: &Attribute) -> bool {
    attribute.path().is_ident("sea_orm") && attribute.parse_args::<syn::Ident>().is_ok_and(|word| word == "ignore")
}

/// One code with its labels.
struct Code {
    code: String,
    zh: String,
    en: String,
}

fn expand(item: &mut ItemEnum, name: &str, stored: bool) -> Result<Tokens, Error> {
    let all = item.variants.iter_mut().map(read).collect::<Result<Vec<_>, _>>()?;
    let description = comment(&item.attrs);
    let ident = &item.ident;
    let variants: Vec<_> = item.variants.iter().map(|variant| &variant.ident).collect();
    let codes: Vec<_> = all.iter().map(|it| &it.code).collect();
    let zh: Vec<_> = all.iter().map(|it| &it.zh).collect();
    let en: Vec<_> = all.iter().map(|it| &it.en).collect();
    let column = stored.then(|| {
        quote! {
            #[derive(::sea_orm::EnumIter, ::sea_orm::DeriveActiveEnum)]
            #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
        }
    });
    let cell = stored.then(|| {
        quote! {
            impl ::store::cell::Cell for #ident {
                fn read(row: &::sea_orm::QueryResult, place: usize) -> Result<Option<Self>, ::sea_orm::DbErr> {
                    ::store::cell::code(row, place, Self::ALL, Self::code)
                }
            }
        }
    });
    Ok(quote! {
        #cell

        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        #column
        #item

        impl #ident {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];
            /// Every code, in order.
            pub const CODES: &'static [&'static str] = &[#(#codes),*];

            /// The machine code.
            pub const fn code(self) -> &'static str {
                match self { #(Self::#variants => #codes),* }
            }

            /// The Chinese and the English label.
            pub const fn labels(self) -> (&'static str, &'static str) {
                match self { #(Self::#variants => (#zh, #en)),* }
            }
        }

        impl From<#ident> for &'static str {
            fn from(code: #ident) -> Self {
                code.code()
            }
        }

        impl ::utoipa::ToSchema for #ident {
            fn name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(#name)
            }
        }

        impl ::utoipa::PartialSchema for #ident {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                let labels = ::utoipa::openapi::extensions::ExtensionsBuilder::new()
                    .add("x-labels", ::serde_json::json!([#({ "code": #codes, "zh": #zh, "en": #en }),*]))
                    .build();
                ::utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(::utoipa::openapi::schema::Type::String)
                    .description(Some(#description))
                    .enum_values(Some(Self::CODES.iter().copied()))
                    .extensions(Some(labels))
                    .into()
            }
        }
    })
}

/// Takes an attribute of ours away from a variant.
fn take(variant: &mut Variant, name: &str) -> Result<Option<String>, Error> {
    let Some(place) = variant.attrs.iter().position(|attribute| attribute.path().is_ident(name)) else {
        return Ok(None);
    };
    let attribute = variant.attrs.remove(place);
    Ok(Some(attribute.parse_args::<LitStr>()?.value()))
}

/// The code of a variant; takes its `#[code]` and `#[label]` away.
fn read(variant: &mut Variant) -> Result<Code, Error> {
    if !matches!(variant.fields, Fields::Unit) {
        return Err(Error::new_spanned(variant, "a code carries nothing"));
    }
    let own = take(variant, "code")?;
    let code = own.clone().unwrap_or_else(|| variant.ident.to_string().to_snake_case());
    if own.is_some() {
        variant.attrs.push(parse_quote!(#[serde(rename = #code)]));
    } else if variant.ident != code.to_upper_camel_case() {
        return Err(Error::new_spanned(&variant.ident, "the name does not come back from its code"));
    }
    let text = comment(&variant.attrs);
    let zh = text.split([':', '\n']).next().unwrap_or_default().trim().to_owned();
    if !zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
        return Err(Error::new_spanned(variant, "a code's comment begins with its Chinese label"));
    }
    let en = take(variant, "label")?.unwrap_or_else(|| in_words(&code));
    Ok(Code { code, zh, en })
}

/// `write_off` → `Write off`.
fn in_words(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The doc comment as text.
fn comment(attributes: &[Attribute]) -> String {
    let line = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    };
    attributes.iter().filter_map(line).collect::<Vec<_>>().join("\n")
}
