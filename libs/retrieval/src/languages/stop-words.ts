import type { Language } from './language.ts';

const set = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/**
 * Words that say nothing about the subject of a question, by language: articles, pronouns,
 * auxiliaries, prepositions, question words; without accents. Negations (`not`, `off`, `ohne`) are
 * kept: they turn an answer around.
 */
export const stopWords: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: set(`a about after again all also am an and any are aren as at be because been before being
    between both but by can cannot could couldn d did didn do does doesn doing don down during each
    else for from further had hadn has hasn have haven having he her here hers him his how i if in
    into is isn it its itself just let ll m me more most my myself now of on once only or other our
    ours out over own please re s same shall she should shouldn so some such t than that the their
    theirs them then there these they this those through to too under until up us ve very was wasn we
    were weren what when where which while who whom why will with won would wouldn you your yours
    yourself`),
  de: set(`aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim
    bin bis bist bitte da dabei dafur damit danach dann das dass dazu dein deine dem den denn der des
    dessen dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen
    einer eines er es etwas euch fur gegen gibt hab habe haben hat hatte hatten hier ich ihm ihn ihnen
    ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder jedes kann kannst konnen konnte
    man mein meine meinem meinen meiner mich mir mit muss mussen nach noch nun nur ob oder sein seine
    seinem seinen seiner seit sich sie sind so soll sollen sollte sollten uber um und uns unser unsere
    unter vom von vor wann war waren warum was weil welche welchem welchen welcher welches wenn wer
    werden wie wieder wird wo womit worden wurde wurden zu zum zur zwischen`),
  fr: set(`a afin ai ainsi alors apres as au aucun aussi autre autres aux avant avec avez avoir avons c
    car ce cela celle celles celui ces cet cette ceux chaque ci combien comme comment d dans de depuis
    des deux dois doit doivent donc dont du elle elles en encore entre est et etait etaient ete etes
    etre eu fait faire faut il ils j je l la le les leur leurs lors lorsque lui m ma mais me meme mes
    moi mon n nos notre nous on ont ou par pendant permet peut peuvent peux plus pour pourquoi puis
    qu quand que quel quelle quelles quels qui quoi s sa se sera ses si soit son sont sous sur t ta te
    tes toi ton tous tout toute toutes tres tu un une vers via vos votre vous y`),
  es: set(`a al algo algun alguna algunos ante antes aqui asi aun bajo cada como con cual cuales cuando
    cuanta cuantas cuanto cuantos de debe deben debo del desde despues donde dos durante e el ella
    ellas ellos en entre era eran es esa esas ese eso esos esta estaba estado estan estas este esto
    estos fue fueron ha haber hace hacer hacia han hasta hay la las le les lo los mas me mi mientras
    mis mucho muy nos nosotros o os otra otras otro otros para pero poco por porque puede pueden puedo
    pues que quien quienes se sea segun ser si sido siempre sobre solo son su sus tambien tanto te
    tiene tienen toda todas todo todos tu tus un una unas uno unos usted y ya yo`),
  it: set(`a ad agli ai al alla alle allo anche ancora avere c che chi ci cio come con cosa cui d da dagli
    dai dal dall dalla dalle dallo degli dei del dell della delle dello deve devo devono di dopo dove
    due durante e ed era erano essere fa fare fino fra gia gli ha hai hanno ho i il in io l la le lei
    li lo loro lui ma me mi mia mie miei mio molto ne negli nei nel nell nella nelle nello noi nostra
    nostro o ogni oppure per perche piu poi possibile possono posso prima puo qual quale quali quando
    quante quanti quanto quella quelle quelli quello questa queste questi questo qui se sei si sia
    siamo sono sta stato su sua sue sugli sui sul sull sulla sulle sullo suo suoi tra tu tua tuo tutta
    tutte tutti tutto un una uno vi voi`),
  pt: set(`a ainda alem algum alguma ao aos apos aquela aquele aqui as assim ate cada com como da das de
    dela dele depois desde deste deve devem devo dia do dois dos durante e ela elas ele eles em entre
    era essa essas esse esses esta estao estas estava este estes eu faz fazer foi foram ha isso isto
    ja la lhe mais mas me mesmo meu meus minha minhas muito na nas no nos nossa nosso num numa o
    onde os ou para pela pelas pelo pelos pode podem porque posso pouco quais qual quando quanta
    quantas quanto quantos que quem se seja ser sera seu seus sobre sua suas tambem tem ter teve
    toda todas todo todos tu um uma umas uns voce voces`),
  nl: set(`aan al alle alleen alles als altijd andere bij bijvoorbeeld daar daarna dan dat de deze die dit
    doe doen door dus een eens elk elke en er erg gaan haar had hadden heb hebben heeft hem het
    hier hij hoe hun ik in is ja je jij jou jouw jullie kan kun kunnen kunt maar mag me meer men met
    mijn moest moet moeten mij na naar nog nu of om omdat onder ons onze ook op over per te tegen ten
    ter tijdens toch toen tot tussen u uit uw van veel via voor waar waarom wanneer want waren was wat
    we wel welk welke werd werden wie wij wil worden wordt zal ze zich zij zijn zo zodat zou`),
};
