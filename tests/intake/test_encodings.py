"""Text in the encodings that brokers of Europe and East Asia export."""

from itertools import combinations
from random import Random

import pytest

from impact.intake import decode, read_tables
from impact.intake.encoding import misread_words

BOOKS = {
    "cp1252": "Name;Stück;Währung\nSociété Générale;10;EUR\nNestlé;5;CHF\n",
    "cp932": "コード,銘柄名,数量\n1810,小米集団,100\n9984,ソフトバンクグループ,200\n",
    "gb18030": "证券代码,证券名称,持仓数量,市值\n01810,小米集团-W,1000,4200\n600941,中国移动,10,5\n",
    "cp949": "종목코드,종목명,수량,평가금액\n005930,삼성전자,10,1000\n000660,SK하이닉스,5,7\n",
    "cp950": "代號,名稱,股數,市值\n2330,台灣積體電路製造,100,5\n1810,小米集團,10,7\n3008,大立光電,5,9\n",
    "cp1250": "Nazwa;Ilość;Wartość\nPowszechna Kasa Oszczędności Bank Polski;10;5\nGrupa Żywiec;3;4\n",
    "euc_jp": "コード,銘柄名,数量\n7203,トヨタ自動車,100\n9984,ソフトバンクグループ,200\n",
}


NAMES = {
    "cp1254": (
        "Türkiye İş Bankası|Türkiye Garanti Bankası|Akbank T.A.Ş.|Yapı ve Kredi Bankası|Hacı Ömer Sabancı Holding|Koç Holding|Türk "
        "Hava Yolları|Ereğli Demir ve Çelik Fabrikaları|Tüpraş|BİM Birleşik Mağazalar|Şok Marketler|Migros Ticaret A.Ş.|Tofaş Türk "
        "Otomobil Fabrikası|Arçelik|Doğan Şirketler Grubu|Doğuş Otomotiv|Anadolu Efes Biracılık|Coca-Cola İçecek|Ülker Bisküvi|Enka "
        "İnşaat|Turkcell İletişim|Türk Telekomünikasyon|Halkbank Türkiye Halk Bankası|Vakıflar Bankası|TSKB Türkiye Sınai Kalkınma "
        "Bankası|Şekerbank|Beşiktaş Futbol Yatırımları|Galatasaray Sportif Sınai|Fenerbahçe Futbol|Trabzonspor Sportif "
        "Yatırım|ASELSAN ELEKTRONİK SANAYİ|TÜRK HAVA YOLLARI|SASA POLYESTER SANAYİ|ENERJİSA ENERJİ|AKSA AKRİLİK KİMYA SANAYİİ|Alarko "
        "Gayrimenkul Yatırım Ortaklığı|Emlak Konut Gayrimenkul Yatırım|Gübre Fabrikaları|Hektaş|Kardemir Karabük|Koza Altın "
        "İşletmeleri|Logo Yazılım|Pegasus Hava Taşımacılığı|Sarkuysan Elektrolitik Bakır|Selçuk Ecza Deposu|Şişe ve Cam|TAV "
        "Havalimanları|Tat Gıda|Yataş Yatak|Konya Çimento|Bursa Çimento Fabrikası|Çimsa Çimento|Akçansa|Afyon Çimento|Göltaş|Brisa "
        "Bridgestone Sabancı|Eczacıbaşı|Gen İlaç|Lokman Hekim Sağlık|MLP Sağlık|Eğitim Yayıncılık|Doğtaş "
        "Kelebek|Yünsa|Kerevitaş|Pınar Süt|Pınar Entegre Et|Banvit Bandırma|Işıklar Enerji|Ata Yatırım|Katılım Fonu|Kısa Vadeli "
        "Tahvil|Altın Fonu|Hisse Senedi Fonu Yoğun|Dağ Mühendislik|Oğlak Yayınları|Ağaoğlu|Eroğlu|Ulusoy Un Sanayi ve Ticaret "
        "A.Ş.|Sanko Pazarlama A.Ş.|SABANCI HOLDİNG|GARANTİ BANKASI|VAKIFBANK T.A.O. FİNANS|PETKİM PETROKİMYA|KARTAL YENİLENEBİLİR "
        "ENERJİ|Vakıfbank|Yıldız|Kırka|Menkul Kıymet|Halı Sanayi|İstanbul|Karşı Holding|Kurşun AS|BİM|Akbank Bankası|Miktarı"
    ),
    "cp1250": (
        "Komerční banka|ČEZ|Moneta Money Bank Praha Česká republika|Kofola ČeskoSlovensko|Philip Morris ČR|Česká zbrojovka|Nový "
        "fond|Pražské služby|Pivovary Lobkowicz Světlá|Energoaqua Rožnov|Jáchymov Property|Spořitelní fond|Český fond|Veřejný "
        "fond|Zlatý fond|Stavební spořitelna|Škoda Auto|Třinecké železárny|Vítkovice Děčín|Plzeňský Prazdroj|Slovenská "
        "sporiteľňa|Tatry mountain resorts Liptovský Mikuláš|Všeobecná úverová banka|Biotika Slovenská Ľupča|PKO Bank Polski Spółka "
        "Akcyjna|Powszechny Zakład Ubezpieczeń|KGHM Polska Miedź|Grupa Azoty Zakłady|Żabka|Grupa Żywiec|Jastrzębska Spółka "
        "Węglowa|Bank Ochrony Środowiska|ING Bank Śląski|Łódź|Dębica|Świętokrzyskie Kopalnie|Kętrzyn|Zespół Elektrowni Pątnów|Cyfrowy"
        " Polsat Spółka|Magyar Telekom Távközlési Nyrt.|Richter Gedeon Vegyészeti Gyár|MOL Magyar Olaj- és Gázipari Nyrt.|OTP Bank "
        "Országos Takarékpénztár|Győri Keksz|Budapesti Értéktőzsde|Rába Járműipari|Graphisoft Park Ingatlanfejlesztő|Zwack Unicum "
        "Likőripari|Banca Transilvania Cluj România|Societatea Naţională Romgaz|Societatea Energetică Electrica|Bursa de Valori "
        "Bucureşti|Conpet Ploieşti|Antibiotice Iaşi|Fondul Proprietatea Acţiuni|Preţ Comerţ|Alro Slatina Construcţii|Hrvatski Telekom"
        " Dioničko društvo|Podravka Koprivnica Đurđevac|Adris grupa Rovinj Končar|Đuro Đaković|Atlantska plovidba Međimurje|Krka Novo"
        " mesto Šmarješke|Petrol Ljubljana Družba|Zavarovalnica Triglav Skupina Žito|Sava Osiguranje Šibenik|Ericsson Nikola Tesla "
        "Općina|Čakovečki mlinovi|Viadukt Građevinsko poduzeće|Telefónica|Société Générale|Münchener Rückversicherung|Vítězný "
        "fond|Mladý vlk|Stříbrný|PRAŽSKÝ FOND|NOVÝ FOND|KOMERČNÍ BANKA|SPÓŁKA AKCYJNA|GÓRNOŚLĄSKIE TOWARZYSTWO|ŻYWIEC|Výroba|Moravský"
        " fond|Fond Moravských firem|Mlýn Perner|Týnec|Banca Naţionala|Građevinski centar d.d."
    ),
    "cp1252": (
        "Société Générale|Crédit Agricole|L'Oréal|Hermès International|Nestlé|Télévision Française|Électricité de France|Ipsos "
        "Médias|Sacré-Cœur|Manœuvre|Œuvres Sociales|Îles de Paix|Août Participations|Où Prêts|Compagnie des Alpes Noël|Moët Hennessy "
        "Louis Vuitton|Citroën|Bouygues Bâtiment|Crédit Foncier Forêts|Banque Où|Telefónica|Inditex Diseño|Acciona Energía|Caixabank "
        "Participación|Logística Integral|Banco Santander Río|Grupo Aeroméxico|Cementos Pacasmayo Perú|Bolsa Ações|Petróleo "
        "Brasileiro|Itaú Unibanco|Companhia Siderúrgica Nacional|Ambev Cervejarias São Paulo|Gerdau Aços|JHSF Participações|Vale "
        "Mineração|Energias de Portugal Operação|Galp Gás Natural|Mota-Engil Construção|Jerónimo Martins|Unicredit Società per "
        "Azioni|Generali Proprietà|Caffè Borbone|Pirelli Qualità|Attività|Volkswagen Vorzüge|Münchener Rück|Süss Microtec "
        "Göttingen|Großhandel Weiß|Österreichische Post|Ørsted|Mærsk A/S|Novo Nordisk Bagsværd|Danske Bank København|Sydbank Aabenraa"
        " Søndre|Carlsberg Bryggeri Ølgod|Rockwool Hårlev|Tryg Forsikring Sjælland|Jyske Bank Silkeborg Værdi|Equinor Førde|Norsk "
        "Hydro Årdal|Orkla Brønnøysund|Yara Herøya|Mowi Bergen Sjømat|Lerøy Seafood|Grieg Salmar Frøya|Storebrand "
        "Bærum|Telefonaktiebolaget Ericsson Kista Åkeri|Handelsbanken Försäkring|Electrolux Hushållsapparater|Boliden "
        "Rönnskär|Svenska Cellulosa Trävaror|Ålandsbanken|Nokia Tyre Nokian Renkaat Hämeenlinna|Metsä Board|Kesko "
        "Kauppayhtiö|Outokumpu Teräs|Föroya Banki|Føroya Banki|Eik Banki Tórshavn|Atlantic Airways á Føroyum|Bakkafrost Glyvrar "
        "Eysturoy Høvdavatn|Føroya Eiður Banki|Smyril Línan Skálafjørð|Íslandsbanki|Arion banki Reykjavík Þjónusta|Síminn|Sýn "
        "hf.|Kvika Eignastýring|Hagar Verslun Höfðabakki|Reitir fasteignafélag|Eimskipafélag Íslands|Marel Garðabær|Össur|Brim "
        "Útgerð|Festi Skeljungur Olíuverðlag|Sjóvá-Almennar tryggingar|Vátryggingafélag "
        "Íslands|Tryggingamiðstöðin|Nýherji|Lýsing|Þróunarfélag|Þing hf.|Alþingi|Skýrr hf.|Tallinna Kaubamaja Võru|Tallink Grupp "
        "Eesti Õlu|Merko Ehitus Pärnu Mõis|Harju Elekter Tänavavalgustus|Eften Põhja|Kühne + Nagel Zürich|Zürcher Kantonalbank|Rätia "
        "Energie|Générale de Santé|Colruyt Halle België|Coöperatieve Rabobank|Financière de Tubize|Vopak Overslag "
        "Financiën|Naïve|Crédit Mutuel Nord Europe Prêt|Banca Carige Liquidità|Caixa Econòmica|Participació Mòbil|Compañía Española "
        "de Petróleos|Peñoles|Viñedos|Gruma Alimentos Ñandú|Lýsi|Eiður Banki|Garður|Iðnaður hf|Miðlun hf|Veður hf|Suðurnes "
        "hf|Þjonusta hf.|Atlantic Petroleum á Føroyum|Cœur|Õhtuleht"
    ),
}
"""Names of companies and funds, each of which tells its encoding by itself, under headings in English."""


@pytest.mark.parametrize("encoding", NAMES)
def test_one_name_tells_the_encoding(encoding):
    """Sabancı was read as Sabancý, Doğan as Doðan, Tofaş as Tofaţ, Føroya as Fřroya, Cœur as Cśur, Spořitelní as Spoøitelní."""
    texts = [f"Name;Shares\n{name};1\n" for name in NAMES[encoding].split("|")]
    assert [decode(text.encode(encoding))[0] for text in texts] == texts


EAST_ASIAN = {
    "cp932": (
        "小米集団|ソフトバンクグループ|トヨタ自動車|ソニーグループ|三菱UFJフィナンシャル・グループ|任天堂|日本電信電話|ファーストリテイリン"
        "グ|NEXT FUNDS TOPIX連動型上場投信|iシェアーズ・コア TOPIX "
        "ETF|三井住友FG|ＫＤＤＩ|ENEOSホールディングス|SOMPOホールディングス|中芯国際|DMG森精機|ANAホールディングス"
    ),
    "gb18030": (
        "小米集团-W|中国移动|中国海洋石油|贵州茅台|iShares安硕A50|中芯国际|海康威视|BYD比亚迪|招商银行H股|宁德时代|万科A|"
        "华夏上证50ETF|工商银行|平安银行"
    ),
    "cp949": ("삼성전자|SK하이닉스|LG화학|카카오|TIGER 차이나CSI300|현대차|POSCO홀딩스|KB금융|셀트리온|SK텔레콤|LG에너지솔루션|CJ제일제당"),
    "cp950": (
        "台灣積體電路製造|小米集團|大立光電|鴻海|聯發科|KY-F再生|中華電|元大台灣50|富邦VIX|國泰金|中國移動|騰訊控股|HTC宏達電|TPK-KY宸鴻"
    ),
    "euc_jp": ("トヨタ自動車|ソフトバンクグループ|任天堂のゲーム|ソニーグループ"),
}


@pytest.mark.parametrize("encoding", EAST_ASIAN)
def test_one_name_of_east_asia_tells_the_encoding(encoding):
    """Of names alone under English headings every third was read as Cyrillic (ENEOSѓzЃ[), Western (Ápµo¬ì) or of rare characters (幛笣矇怢)."""
    texts = [f"Code,Name,Shares\n1810,{name},1\n" for name in EAST_ASIAN[encoding].split("|")]
    assert [decode(text.encode(encoding))[0] for text in texts] == texts
    assert [text for text in texts if misread_words(text, encoding)] == []


CYRILLIC = [
    "Газпром",
    "ЛУКОЙЛ",
    "Лукойл",
    "Роснефть",
    "Сбербанк",
    "Северсталь",
    "Магнит",
    "Татнефть",
    "ВТБ",
    "Норникель",
    "Сургутнефтегаз",
    "Полюс",
    "Яндекс",
    "МТС",
    "Ростелеком",
    "АЛРОСА",
    "Аэрофлот",
    "РусГидро",
    "Мосбиржа",
    "ФосАгро",
    "НОВАТЭК",
    "Транснефть",
    "ММК",
    "РУСАЛ",
    "АФК Система",
    "Мечел",
    "Щёкиноазот",
    "Объединённая авиастроительная корпорация",
    "ПАО «Газпром»",
    "М.Видео",
    "КамАЗ",
    "Київстар",
    "Ощадбанк",
    "Българска фондова борса",
    "Комерцијална банка",
    "Љубљанска банка",
    "Беларусбанк",
    "Облигации № 5",
    "Московская биржа",
]


def _book(*names: str, headings: str = "Name;ISIN;Quantity;Market value") -> str:
    return "\n".join(
        [headings, *(f"{name};RU000{n}A0JR4A1;{n};{n}00" for n, name in enumerate(names)), "Apple Inc;US0378331005;10;1900", ""]
    )


@pytest.mark.parametrize("headings", ["Name;ISIN;Quantity;Market value", "Наименование;ISIN;Количество;Стоимость"])
def test_cyrillic_names_tell_the_encoding(headings):
    """Газпром beside ЛУКОЙЛ was read as Ãàçïğîì, Северсталь alone as rare Chinese characters, МТС as halfwidth kana."""
    books = [_book(*names, headings=headings) for n in (1, 2) for names in combinations(CYRILLIC, n)]
    draw = Random(20)
    books += [_book(*draw.sample(CYRILLIC, n), headings=headings) for n in (3, 5, 10, 20) for _ in range(100)]
    assert [book for book in books if decode(book.encode("cp1251")) != (book, "cp1251")] == []


def test_words_of_two_scripts_among_cyrillic_names_are_outvoted():
    """The first letter of Cбербанк and the T of НОВАTЭК are Latin here."""
    text = _book("Газпром", "ЛУКОЙЛ", "Cбербанк", "Магнит", "НОВАTЭК", "Мечел")
    assert decode(text.encode("cp1251")) == (text, "cp1251")


@pytest.mark.parametrize("name", ["НЛМК", "ОЗОН", "ВК"])
def test_a_few_cyrillic_capitals_that_are_common_characters_are_doubted(name):
    """Their bytes are two characters in common use, as those of 美团 are four such capitals: no reading is sure."""
    for text, encoding in ((_book(name), "cp1251"), (_book("美团"), "gb18030")):
        (note,) = read_tables(text.encode(encoding)).notes
        assert "The encoding of the text is not told" in note and "fit another encoding" in note


@pytest.mark.parametrize(("text", "encoding"), [("垤庑垤", "gb18030"), ("鄰ﾚﾐ", "cp932"), ("檁錝膵", "cp950")])
def test_rare_characters_alone_are_said(text, encoding):
    assert misread_words(text, encoding) == [text.rstrip("ﾚﾐ")]
    assert misread_words("中国移动", "gb18030") == misread_words("ｿﾌﾄﾊﾞﾝｸ", "cp932") == []


UNTOLD = [
    ("cp1253", "Name;Shares\nΕθνική Τράπεζα;1\n"),
    ("cp1257", "Name;Shares\nŠiaulių bankas;1\nGrigeo Grīgišķės;3\n"),
    ("koi8_r", "Name;Shares\nГазпром;1\nСбербанк;2\n"),
    ("cp850", "Name;Shares\nSociété Générale;1\nMünchener;2\n"),
    ("mac_roman", "Name;Shares\nSociété Générale;1\n"),
    ("cp866", "Name;Shares\nГазпром;1\nСбербанк;2\n"),
]


@pytest.mark.parametrize(("encoding", "text"), UNTOLD)
def test_words_of_no_language_are_said_to_be_misread(encoding, text):
    """Greek was read as Western letters with nothing said."""
    (note,) = read_tables(text.encode(encoding)).notes
    assert "The encoding of the text is not told" in note and "save the file as UTF-8" in note
    assert read_tables(text.encode()).notes == ()


@pytest.mark.parametrize("encoding", NAMES)
def test_of_words_that_are_well_read_nothing_is_said(encoding):
    names = [*NAMES[encoding].split("|"), "L’Oréal – “A”", "Fonds® ½", "Nº 5 €", "Müller-Lüdenscheid"]
    lines = [f"{name};{n}" for n, name in enumerate(names) if name.encode(encoding, "ignore").decode(encoding) == name]
    assert read_tables("\n".join(["Name;Shares", *lines]).encode(encoding)).notes == ()
    for line in lines:
        assert read_tables(f"Name;Shares\n{line}\n".encode(encoding)).notes == (), line


@pytest.mark.parametrize("other", ["Telefónica", "Nestlé", "Société Générale", "Ørsted"])
def test_a_book_of_several_languages_is_read_by_the_words_that_tell(other):
    text = f"Name;Shares\n{other};1\nTürk Hava Yolları;2\nYapı Kredi;3\n"
    assert decode(text.encode("cp1254")) == (text, "cp1254")


def test_two_letters_between_capitals_are_no_letter_of_another_script():
    """The two bytes of ÓŁ are one Cyrillic letter in UTF-8 and one character in Chinese."""
    text = "NAZWA;LICZBA\nSPÓŁKA AKCYJNA;1\n"
    assert decode(text.encode("cp1250")) == (text, "cp1250")
    assert decode("Name\nαβγ Fund\nAӣB ӣ\n".encode())[1] == "utf-8"


@pytest.mark.parametrize("encoding", BOOKS)
def test_a_legacy_encoding_is_told_from_its_bytes(encoding):
    text, named = decode(BOOKS[encoding].encode(encoding))
    assert text == BOOKS[encoding], named


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_unicode_is_read_with_and_without_a_byte_order_mark(book, encoding):
    file = read_tables(book.encode(encoding))
    assert file.kind == "text" and file.sheets[0].head(1)[0] == book.split("\n")[0].split(file.sheets[0].separator)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Ticker,Name,Shares\n" + "AAPL,Apple Inc,10\n" * 300 + "RMS,Hermès,5\n", "cp1252"),
        ("Ticker,Name,Shares\n" + "AAPL,Apple Inc,10\n" * 300 + "1810,小米集团,5\n", "gb18030"),
        ("Symbol,Betrag\nA,5 €\nB,£7\n", "cp1252"),
        ("Fund ’s holdings – January\nName,Shares\nApple,5\n", "cp1252"),
        ("Nom,Quantité\nL'Oréal,5\nSaint-Gobain,7\n", "cp1252"),
        ("Nombre,Títulos,Participación\nIberdrola,5,1\nTelefónica,7,1\n", "cp1252"),
    ],
)
def test_a_few_bytes_beyond_ascii_are_enough(text, encoding):
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Tarih;Kapanış;Hacim\n02.06.2025;213,18;1\n", "cp1254"),
        ("Hesap;Sembol;Menkul Kıymet;Adet;Piyasa Değeri;Döviz\nA1;ASELS;ASELSAN ELEKTRONİK;1;2;TRY\n", "cp1254"),
        ("Hisse;Adet\nTürkiye İş Bankası;10\nŞişe Cam;5\nEreğli Demir Çelik;3\n", "cp1254"),
        ("Nafn;Fjöldi;Verð;Markaðsvirði\nSíminn;10;5;6\nÍslandsbanki;1;2;3\n", "cp1252"),
        ("Navn;Beløb;Værdi\nØrsted;5;6\n", "cp1252"),
        ("Ticker;Имя\nSBER;Сбербанк-п\nGAZP;ПАО Газпром\n", "cp1251"),
        ("Denumire;Cantitate;Preţ\nSocietatea Naţională de Gaze;4;3\n", "cp1250"),
        ("Cenný papír;Kusů\nČEZ;1\n", "cp1250"),
        ("Denumire;ISIN;Preţ;Acţiuni\n", "cp1250"),
        ("Název;Počet\nKomerční banka;1\n", "cp1250"),
        ("Verðbréf;Staða\nSýn hf.;1\n", "cp1252"),
        ("Nafn;ISIN\nSýn hf.;IS0000000000\n", "cp1252"),
        ("Hisse;Adet\nVakıfbank;1\n", "cp1254"),
        ("Sembol;Piyasa Değeri\nASELS;1\n", "cp1254"),
        ("Name;ISIN\nTüpraş;TRATUPRS91E8\n", "cp1254"),  # no language of the other tables has both letters
        ("Name;ISIN\nYapı Kredi;TRAYKBNK91N6\n", "cp1254"),
        ("Name;ISIN\nDoğan Holding;TRADOHOL91Q8\n", "cp1254"),
        ("Név;Darab\nGyőr Részvény;1\n", "cp1250"),
        ("Name;Shares\nPaństwowa Spółka;1\nŚwiat;2\n", "iso8859_2"),
        ("Name;Shares\nŠkoda Třinec;1\n", "iso8859_2"),
    ],
)
def test_accents_of_other_tables_are_told_apart(text, encoding):
    """Turkish was read as Polish or with Cyrillic letters within Latin words (Dцviz), Danish and Icelandic too."""
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize(
    "text",
    [
        "Nome;ISIN\nAção;KYG9830T1067\n",
        "Nome;ISIN\nAções SA;KYG9830T1067\n",
        "Name;ISIN\nÞór hf;IS0000000388\n",
        "Posição;Qtd\nPETR4;5\n",
        "Name;ISIN\nÅÄÖ Ab;FI0009000681\n",
        "Nº;Títulos\n1;3\n",
        "N.º;Qtd\n1ª;3\n",
        "Name;ISIN\nAÉO SA;FR0000120271\n",
        "Naïve;ISIN\nCrèe;FR0000120271\n",
        "Nom;ISIN\nCréée;FR0000120271\n",
    ],
)
def test_two_accents_are_no_character_of_east_asia(text):
    """A character alone within a Latin word was read from two accents, or from one and the letter behind it."""
    assert decode(text.encode("cp1252")) == (text, "cp1252")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("证券,名称,数量\niShares安硕A50,3,5\n中国移动,1,2\n", "gb18030"),
        ("Code,Name\n600941,中国移动A\n", "gb18030"),
        ("代码,A股名称\n601318,中国平安\n600519,贵州茅台\n", "gb18030"),
        ("Name;Shares\nXiaomi 小米集團;5\nTencent 騰訊控股;7\n", "cp950"),
        ("コード,銘柄名\n1306,NEXT FUNDS TOPIX連動型上場投信\n", "cp932"),
        ("Code,Name\n005930,삼성전자\n", "cp949"),
        ("Code,Name\n9984,ｿﾌﾄﾊﾞﾝｸ\n1810,小米集団\n", "cp932"),
        ("Denumire;ISIN\nMureş SA;ROTLVAACNOR1\n", "cp1250"),
        ("Hisse;Adet\nTüpraş A.Ş.;1\n", "cp1254"),
    ],
)
def test_a_few_words_of_other_scripts_stay_what_they_are(text, encoding):
    assert decode(text.encode(encoding))[0] == text


def test_letters_that_two_tables_share_are_read_alike():
    """ý is Czech and Icelandic under one byte, which is the Turkish ı: nothing else of this file is Turkish."""
    text = "Titul;ISIN\nNový fond;CZ0005112300\n"
    assert decode(text.encode("cp1250"))[0] == text


def test_an_encoding_that_is_told_settles_it():
    assert decode("é".encode("cp1252"), encoding="cp1251")[0] == "й"


def test_the_end_mark_of_old_systems_and_a_cut_last_letter_spoil_nothing():
    assert decode(b"Name,Shares\nA,1\x1a")[0] == "Name,Shares\nA,1"
    assert decode("Name,Währung\nA,é".encode()[:-1])[0].startswith("Name,Währung")


@pytest.mark.parametrize("text", ["ticker;name;qty\n352820;하이브;100\nAAPL;Apple Inc;10\n", "회사명;ISIN;Qty\nApple;US0378331005;1\n"])
def test_two_korean_syllables_that_are_cyrillic_letters_by_chance_stay_korean(text):
    """Small Cyrillic letters are second bytes of Korean in common use."""
    assert decode(text.encode("cp949")) == (text, "cp949")
